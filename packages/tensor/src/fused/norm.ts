import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import type { FusedInputs } from "./fused-kernel.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";

type Inputs = FusedInputs<typeof fusedKernels.norm, Tensor>;

/** With a bias around the mean: layer normalisation; without one by the root mean square. */
function composed({ x, gain, bias }: Inputs, { epsilon }: { epsilon: number }): Tensor {
  const centred = bias ? tf.sub(x, tf.mean(x, -1, true)) : x;
  const variance = tf.mean(tf.square(centred), -1, true);
  const scaled = tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gain);
  return bias ? tf.add(scaled, bias) : scaled;
}

const run = defineFusedOp(fusedKernels.norm, {
  composed,
  backward([dy], saved) {
    const [dx, dGain, dBias] = runFused(fusedKernels.normGradient, { dy, ...saved }, {});
    return { x: () => dx, gain: () => dGain, bias: () => dBias! };
  },
});

const runAdd = defineFusedOp(fusedKernels.addNorm, {
  composed({ x, branch, gain, bias }, attributes) {
    const sum = tf.add(x, branch);
    return [composed({ x: sum, gain, bias }, attributes), sum];
  },
  backward([dy, dSum], { gain, sum, inverse, mean }) {
    const [dx, dGain, dBias] = runFused(fusedKernels.normGradient, { dy, x: sum, gain, inverse, mean, dSum }, {});
    // A tensor of its own: tfjs disposes a gradient that it adds another to.
    return { x: () => dx, branch: () => tf.clone(dx), gain: () => dGain, bias: () => dBias! };
  },
});

/**
 * Normalises the last axis by mean and variance: `(x − mean) / √(variance + ε) · gain + bias`.
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
 * Normalises the last axis by its root mean square: `x / √(mean(x²) + ε) · gain`.
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

/** Parameters of the norm in `addNorm`. */
export interface AddNormOptions {
  /** `[M]`. */
  readonly gain: Tensor1D;
  /** `[M]` for layer normalisation; without it by the root mean square. */
  readonly bias?: Tensor1D | undefined;
  readonly epsilon: number;
}

/**
 * Adds a residual branch and normalises the sum, in one pass: `sum = x + branch`, `normalised = norm(sum)`.
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
    bias: bias && [bias.shape, "M"],
  });
  const [normalised, sum] = runAdd({ x, branch, gain, bias }, { epsilon });
  return { sum: sum as T, normalised: normalised as T };
}

const lastAxis = ({ shape }: Tensor): number[] => shape.slice(-1);
