import { type UnknownSymbol, withoutUnknown } from "../error-rate.ts";
import type { Metric } from "./metric.ts";
import { signatureOf } from "./signature.ts";

/**
 * Sequence accuracy: the share of predictions that are one of their references, symbol for symbol.
 *
 * Statistics: right, 1.
 *
 * @example scoreSegments(sequenceAccuracy(), [{ prediction: [7, 8], references: [[7, 8]] }]).score // => 1
 */
export function sequenceAccuracy<Symbol = number>(options: UnknownSymbol<Symbol> = {}): Metric<readonly Symbol[]> {
  return {
    name: "sequence accuracy",
    statistics({ prediction, references }) {
      const said = withoutUnknown(prediction, options);
      return [references.some((one) => isSame(one, said)) ? 1 : 0, 1];
    },
    score: ([right, segments]) => (right as number) / Math.max(1, segments as number),
    signature: (segments) => signatureOf(segments, {}),
  };
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((symbol, at) => symbol === b[at]);
