import type { InContextSequence } from "./draw-sequence.ts";
import { queryError, residual } from "./query-error.ts";

/** The number and length of steps, and the examples that each step sees. */
export interface DescentOptions {
  /** `"all"`: every example, as under the prefix mask; `"earlier"`: those up to itself, as under the causal mask. */
  readonly sees: "all" | "earlier";
  /** η / n. */
  readonly rate: number;
  /** Steps; a layer of linear attention takes one. */
  readonly layers: number;
}

/**
 * Gradient descent as layers of linear attention take it, in float64: example j has weights of its own,
 * `wⱼ ← wⱼ + η/n · Σᵢ (yᵢ − wᵢ·xᵢ) xᵢ` over the examples i that it sees. Where all see all this is gradient descent on
 * the examples, which goes to least squares; where each sees only those before it, it stops at the weights of online
 * gradient descent. A query has the weights of the last example.
 *
 * @returns the squared error on the queries after 0, 1, … `layers` steps, `[layers + 1]`.
 * @source Ding et al. 2024, propositions 1–3, https://arxiv.org/abs/2308.06912
 * @example inContextDescent(sequence, { sees: "all", rate: 0.04, layers: 50 }).at(-1)
 */
export function inContextDescent(sequence: InContextSequence, { sees, rate, layers }: DescentOptions): Float64Array {
  const { examples, width, inputs } = sequence;
  const weights = Array.from({ length: examples }, () => new Float64Array(width));
  const last = weights.at(-1) as Float64Array;
  const errors = new Float64Array(layers + 1);
  errors[0] = queryError(sequence, last);
  for (let layer = 1; layer <= layers; layer++) {
    const left = weights.map((own, example) => residual(sequence, example, own));
    const step = new Float64Array(width);
    for (let example = 0; example < examples; example++) {
      for (let at = 0; at < width; at++) step[at]! += rate * left[example]! * inputs[example * width + at]!;
      if (sees === "earlier") addTo(weights[example]!, step);
    }
    if (sees === "all") for (const own of weights) addTo(own, step);
    errors[layer] = queryError(sequence, last);
  }
  return errors;
}

function addTo(weights: Float64Array, step: Float64Array): void {
  for (let at = 0; at < weights.length; at++) weights[at]! += step[at]!;
}
