import type { InContextSequence } from "./draw-sequence.ts";

/**
 * The squared error of linear weights on the queries of a sequence, `mean (y − w·x)²`.
 *
 * @param weights - `[d]`.
 */
export function queryError({ examples, queries, width, inputs, targets }: InContextSequence, weights: Float64Array) {
  let sum = 0;
  for (let row = examples; row < examples + queries; row++) {
    sum += residual({ width, inputs, targets }, row, weights) ** 2;
  }
  return sum / queries;
}

/** `y − w·x` of one row. */
export function residual(
  { width, inputs, targets }: Pick<InContextSequence, "width" | "inputs" | "targets">,
  row: number,
  weights: Float64Array,
): number {
  let left = targets[row] as number;
  for (let at = 0; at < width; at++) left -= weights[at]! * inputs[row * width + at]!;
  return left;
}
