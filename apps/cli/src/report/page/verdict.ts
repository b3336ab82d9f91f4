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

/** What the verdicts mean, in the words of `judge`. */
export const verdictMeanings: Readonly<Record<Verdict, string>> = {
  supported: "the whole interval speaks for the statement, by an effect that matters",
  contradicted: "the whole interval speaks against it, by an effect that matters",
  "not supported": "whatever effect there is is too small to matter",
  inconclusive: "the interval decides neither way; more seeds or examples may",
  "not run": "no result, for the reason that is given",
};

/** `"✔ supported"` */
export const signedVerdict = (verdict: Verdict): string => `${signs[verdict]} ${verdict}`;

export const renderVerdict = (verdict: Verdict): string =>
  `<span class="verdict ${verdict.replaceAll(" ", "-")}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;
