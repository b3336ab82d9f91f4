import { type Metric, metric } from "./metric.ts";
import { signatureOf } from "./signature.ts";

/**
 * Exact match: the share of predictions that are, character for character, one of their references.
 *
 * Statistics: right, 1.
 *
 * @example scoreSegments(exactMatch(), [{ prediction: "a", references: ["b", "a"] }]).score // => 1
 */
export function exactMatch(): Metric {
  return {
    name: "exact match",
    statistics: ({ prediction, references }) => [references.includes(prediction) ? 1 : 0, 1],
    score: ([right, segments]) => (right as number) / Math.max(1, segments as number),
    signature: (segments) => signatureOf(segments, { case: "mixed" }),
  };
}

/** Exact match, for a registry. */
export const exactMatchPlugin = metric("exact-match", exactMatch, {
  description: "Share of predictions that are one of their references.",
});
