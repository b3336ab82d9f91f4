import type { Evidence } from "@trivium/claims";
import type { Effect } from "@trivium/evaluator";
import { readable, readableEffect } from "./claims-numbers.ts";
import type { ReportedClaim } from "./claims-report.ts";

/** The finding on a claim in one sentence, to stand beside the expectation. */
export function seen({ verdict, reason, effects: [first] }: ReportedClaim): string {
  if (!first) return `Not run: ${reason?.message ?? "nothing was measured"}`;
  const counted = first.low === first.high ? "" : ", 95 % interval";
  const word = `${verdict[0]?.toUpperCase()}${verdict.slice(1)}`;
  const unjudged = first.unjudged === undefined ? "" : ` It decides nothing: ${first.unjudged}.`;
  return `${word}: ${first.name} is ${readableEffect(first)}${counted}; ${readable(first.smallest)} would matter (${first.method}).${unjudged}`;
}

/** The columns of an effect beside its name. */
export const effectColumns = ["estimate and 95 % interval", "each seed", "matters from", "method"] as const;

export const effectCells = (effect: Effect): string[] => [
  readableEffect(effect),
  effect.seeds?.map(readable).join(", ") ?? "–",
  readable(effect.smallest),
  `${effect.method}${effect.unjudged === undefined ? "" : `; decides nothing: ${effect.unjudged}`}`,
];

/** The heading of `disagreements`: a verdict is less than all that was seen. */
export const disagreementsTitle = "Published findings that the verdict goes against";

export const disagreementsNote =
  "The verdict is that of the first effect, at the size that was measured; other effects may agree with these findings.";

/** Published findings that our verdict does not go with. */
export function disagreements({ verdict, evidence }: ReportedClaim): Evidence[] {
  const opposite = { supported: "against", contradicted: "for", "not supported": "for" }[verdict as string];
  return evidence.filter(({ speaks }) => speaks === opposite);
}

const signs = { for: "+", against: "−", both: "±" } as const;

/** `"− against"` */
export const speaking = ({ speaks }: Evidence): string =>
  `${signs[speaks]} ${speaks === "both" ? "for and against" : speaks}`;

/** The part of the publication that was read. */
export const howRead = ({ read }: Evidence): string => (read === "text" ? "text read" : "abstract read");
