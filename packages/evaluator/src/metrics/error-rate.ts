import { nearestReference, type UnknownSymbol } from "../error-rate.ts";
import type { Metric } from "./metric.ts";
import { signatureOf } from "./signature.ts";

/**
 * Edits to the nearest reference ÷ its length, over all segments: the phoneme error rate where symbols are phonemes, the
 * word error rate where they are words. A share, and above 1 where predictions are longer than what they should be.
 * Of equally near references, the shortest counts.
 *
 * Statistics: edits, symbols of the nearest reference.
 *
 * @example scoreSegments(errorRate<string>(), [{ prediction: [..."cut"], references: [[..."cat"]] }]).score // => 0.3333333333333333
 */
export function errorRate<Symbol = number>(options: UnknownSymbol<Symbol> = {}): Metric<readonly Symbol[]> {
  return {
    name: "error rate",
    statistics(segment) {
      const { edits, symbols } = nearestReference(segment, options);
      return [edits, symbols];
    },
    score: ([edits, symbols]) => (edits as number) / Math.max(1, symbols as number),
    signature: (segments) => signatureOf(segments, {}),
  };
}
