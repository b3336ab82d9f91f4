import type { InContextSequence } from "./draw-sequence.ts";
import { residual } from "./query-error.ts";

/**
 * Returns the stationary weights of causal linear attention in closed form: `w = Σᵢ aᵢ xᵢ` with `a·T = y`, where T is
 * the upper triangle of the Gram matrix of the examples, `Tᵢⱼ = ⟨xᵢ, xⱼ⟩` for `i ≤ j`.
 *
 * @returns `[d]`.
 * @source Ding et al. 2024, proposition 3, https://arxiv.org/abs/2308.06912
 * @example queryError(sequence, stationaryWeights(sequence))
 */
export function stationaryWeights({ examples, width, inputs, targets }: InContextSequence): Float64Array {
  const gram = (i: number, j: number): number => {
    let sum = 0;
    for (let at = 0; at < width; at++) sum += inputs[i * width + at]! * inputs[j * width + at]!;
    return sum;
  };
  const factors = new Float64Array(examples);
  for (let j = 0; j < examples; j++) {
    let left = targets[j] as number;
    for (let i = 0; i < j; i++) left -= factors[i]! * gram(i, j);
    factors[j] = left / gram(j, j);
  }
  const weights = new Float64Array(width);
  for (let i = 0; i < examples; i++) {
    for (let at = 0; at < width; at++) weights[at]! += factors[i]! * inputs[i * width + at]!;
  }
  return weights;
}

/**
 * Online gradient descent: one step for each example, `w ← w + (y − w·x) x / |x|²`, the step not decaying; the last
 * example is fitted exactly. Where causal linear attention stops, found another way.
 *
 * @returns `[d]`.
 * @source Ding et al. 2024, §3.3, https://arxiv.org/abs/2308.06912; Kaczmarz 1937
 */
export function onlineGradientDescent(sequence: InContextSequence): Float64Array {
  const { examples, width, inputs } = sequence;
  const weights = new Float64Array(width);
  for (let example = 0; example < examples; example++) {
    const input = inputs.subarray(example * width, (example + 1) * width);
    const square = input.reduce((sum, value) => sum + value ** 2, 0);
    const factor = residual(sequence, example, weights) / square;
    for (let at = 0; at < width; at++) weights[at]! += factor * input[at]!;
  }
  return weights;
}

/**
 * Returns the exact mean squared error of the stationary weights, for linear regression with `w ~ N(0, I)` and inputs
 * uniform in `(−1, 1)ᵈ`: `d/3 · (1 − 1/d)ⁿ`.
 *
 * Each example removes the error's component along its input, and coordinates of either sign are equally likely. So a
 * step leaves `1 − 1/d` of the squared length of the error, which begins as d. The mean square of a query's coordinate
 * is 1/3.
 *
 * @example expectedStationaryError({ width: 16, examples: 40 }) // => 0.403…
 */
export const expectedStationaryError = ({ width, examples }: Pick<InContextSequence, "width" | "examples">): number =>
  (width / 3) * (1 - 1 / width) ** examples;
