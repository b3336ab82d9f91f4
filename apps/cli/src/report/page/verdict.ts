import type { ReportedClaim } from "../claims-report.ts";

type Verdict = ReportedClaim["verdict"];

/** A sign for each verdict, for eyes and printers that see no colour. */
const signs: Readonly<Record<Verdict, string>> = {
  supported: "✔",
  contradicted: "✘",
  "not supported": "○",
  inconclusive: "?",
  "not run": "–",
};

/** The meanings of the verdicts, in the words of `judge`. */
export const verdictMeanings: Readonly<Record<Verdict, string>> = {
  supported: "the whole interval is on the side of the statement, and the estimate is large enough to matter",
  contradicted: "the whole interval is on the other side, and the estimate is large enough to matter",
  "not supported": "whatever effect there is is too small to matter",
  inconclusive:
    "the interval decides neither way, and more seeds or examples may; or the effect says nothing of the statement, for the reason that is given",
  "not run": "no result, for the reason that is given",
};

/** `"✔ supported"` */
export const signedVerdict = (verdict: Verdict): string => `${signs[verdict]} ${verdict}`;

export const renderVerdict = (verdict: Verdict): string =>
  `<span class="verdict ${verdict.replaceAll(" ", "-")}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;
