import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

interface Inputs {
  [name: string]: Tensor;
  x: Tensor;
  gain: Tensor;
}

interface AddInputs extends Inputs {
  branch: Tensor;
}

/** With a bias around the mean: layer normalisation; without one by the root mean square. */
function composed({ x, gain, bias }: Inputs, { epsilon }: { epsilon: number }): Tensor {
  const centred = bias ? tf.sub(x, tf.mean(x, -1, true)) : x;
  const variance = tf.mean(tf.square(centred), -1, true);
  const scaled = tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gain);
  return bias ? tf.add(scaled, bias) : scaled;
}

interface Saved {
  readonly x: Tensor;
  readonly gain: Tensor;
  readonly inverse: Tensor;
  /** There is one where there is a bias. */
  readonly mean?: Tensor | undefined;
}

const gradients = (dy: Tensor, { x, gain, inverse, mean }: Saved, dSum?: Tensor): Tensor[] =>
  tf.engine().runKernel("TriviumNormGradient", {
    ...{ dy, x, gain, inverse },
    ...(mean ? { mean } : {}),
    ...(dSum ? { dSum } : {}),
  }) as Tensor[];

const run = defineFusedOp<Inputs, { epsilon: number }>({
  kernelName: "TriviumNorm",
  composed,
  gradient: {
    inputsToSave: ["x", "gain"],
    outputsToSave: [false, true, true],
    backward(dys, [x, gain, inverse, mean]) {
      const [dx, dGain, dBias] = gradients((dys as Tensor[])[0]!, { x: x!, gain: gain!, inverse: inverse!, mean });
      return { x: () => dx!, gain: () => dGain!, bias: () => dBias! };
    },
  },
});

const runAdd = defineFusedOp<AddInputs, { epsilon: number }>({
  kernelName: "TriviumAddNorm",
  composed({ branch, ...inputs }, attributes) {
    const sum = tf.add(inputs.x, branch);
    return [composed({ ...inputs, x: sum }, attributes), sum];
  },
  gradient: {
    differentiable: 2,
    inputsToSave: ["gain"],
    outputsToSave: [false, true, true, true],
    backward(dys, [gain, sum, inverse, mean]) {
      const [dy, dSum] = dys as [Tensor, Tensor];
      const [dx, dGain, dBias] = gradients(dy, { x: sum!, gain: gain!, inverse: inverse!, mean }, dSum);
      // A tensor of its own: tfjs disposes a gradient that it adds another to.
      return { x: () => dx!, branch: () => tf.clone(dx!), gain: () => dGain!, bias: () => dBias! };
    },
  },
});

/**
 * Layer normalisation: `(x − mean) / √(variance + ε) · gain + bias` over the last axis.
 *
 * @param x - `[…, M]`.
 * @param gain - `[M]`.
 * @param bias - `[M]`.
 * @param epsilon - added to the variance; GPT-2 and BART use 1e-5.
 * @throws {ShapeError} `layer-norm/shapes`
 * @source Ba et al. 2016, https://arxiv.org/abs/1607.06450
 */
export function layerNorm<T extends Tensor>(x: T, gain: Tensor1D, bias: Tensor1D, epsilon: number): T {
  assertShapes("layer-norm/shapes", { x: [lastAxis(x), "M"], gain: [gain.shape, "M"], bias: [bias.shape, "M"] });
  return run({ x, gain, bias }, { epsilon })[0] as T;
}

/**
 * Root-mean-square normalisation: `x / √(mean(x²) + ε) · gain` over the last axis; no mean, no bias.
 *
 * @param x - `[…, M]`.
 * @param gain - `[M]`.
 * @param epsilon - added to the mean square; T5 uses 1e-6.
 * @throws {ShapeError} `rms-norm/shapes`
 * @source Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 */
export function rmsNorm<T extends Tensor>(x: T, gain: Tensor1D, epsilon: number): T {
  assertShapes("rms-norm/shapes", { x: [lastAxis(x), "M"], gain: [gain.shape, "M"] });
  return run({ x, gain }, { epsilon })[0] as T;
}

export interface AddNormOptions {
  /** `[M]`. */
  readonly gain: Tensor1D;
  /** `[M]` for layer normalisation; without it by the root mean square. */
  readonly bias?: Tensor1D | undefined;
  readonly epsilon: number;
}

/**
 * A residual sum and its normalisation, in one pass: `sum = x + branch`, `normalised = norm(sum)`.
 *
 * @param x - `[…, M]`.
 * @param branch - of the same shape.
 * @throws {ShapeError} `add-norm/shapes`
 * @source pre-norm: Xiong et al. 2020, https://arxiv.org/abs/2002.04745
 */
export function addNorm<T extends Tensor>(
  x: T,
  branch: T,
  { gain, bias, epsilon }: AddNormOptions,
): { readonly sum: T; readonly normalised: T } {
  assertShapes("add-norm/shapes", {
    x: [[x.size, ...lastAxis(x)], "N M"],
    branch: [[branch.size, ...lastAxis(branch)], "N M"],
    gain: [gain.shape, "M"],
    ...(bias ? { bias: [bias.shape, "M"] } : {}),
  });
  const [normalised, sum] = runAdd(bias ? { x, branch, gain, bias } : { x, branch, gain }, { epsilon });
  return { sum: sum as T, normalised: normalised as T };
}

const lastAxis = ({ shape }: Tensor): number[] => shape.slice(-1);
