import { type UnknownSymbol, withoutUnknown } from "../error-rate.ts";
import type { Metric, Segment } from "./metric.ts";
import { signatureOf } from "./signature.ts";

/**
 * Token accuracy: the share of positions at which prediction and reference have the same token. Of two lengths the longer
 * counts, so a token too many or too few is wrong; under teacher forcing they are equal. Of several references, the one
 * with the highest share.
 *
 * Statistics: right positions, positions.
 *
 * @example scoreSegments(tokenAccuracy(), [{ prediction: [7, 9], references: [[7, 8, 9]] }]).score // => 0.3333333333333333
 */
export function tokenAccuracy<Symbol = number>(options: UnknownSymbol<Symbol> = {}): Metric<readonly Symbol[]> {
  return {
    name: "token accuracy",
    statistics: ({ prediction, references }) =>
      bestStatistics({ prediction: withoutUnknown(prediction, options), references }),
    score: shareOf,
    signature: (segments) => signatureOf(segments, {}),
  };
}

/** Returns the share of right positions. An empty prediction of an empty reference is right. */
const shareOf = ([right, positions]: readonly number[]): number =>
  positions === 0 ? 1 : (right as number) / (positions as number);

function bestStatistics({ prediction, references }: Segment<readonly unknown[]>): number[] {
  const candidates = references.map((reference) => [
    prediction.filter((token, at) => at < reference.length && token === reference[at]).length,
    Math.max(prediction.length, reference.length),
  ]);
  return candidates.toSorted((a, b) => shareOf(b) - shareOf(a))[0] ?? [];
}
