import type { AttentionKernel } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { full } from "@trivium/masks";
import { type Tensor, type Tensor4D, tf, valueAndGradients } from "@trivium/tensor";
import {
  countVisiblePairs,
  type LayerAttention,
  layerAttentions,
  type VisiblePairOptions,
  type VisiblePairs,
} from "./count-visible-pairs.ts";

export interface VisiblePairCostOptions extends VisiblePairOptions {
  readonly kernels: readonly AttentionKernel[];
  /** Default 4. */
  readonly heads?: number | undefined;
  /** D. Default 32. */
  readonly headWidth?: number | undefined;
  /** Default 1. */
  readonly rows?: number | undefined;
  /** Number of measured runs, of which the median counts. One more run warms up. Default 5. */
  readonly repeats?: number | undefined;
}

export interface KernelSeconds {
  readonly kernel: string;
  /** Median seconds of a forward pass and of one with gradients. They vary from run to run. */
  readonly seconds: { readonly forward: number; readonly withGradients: number };
  /** The seconds with every mask replaced by `full`: the cost of a dense pass. */
  readonly fullSeconds: { readonly forward: number; readonly withGradients: number };
}

export interface VisiblePairCost extends VisiblePairs {
  readonly kernels: readonly KernelSeconds[];
}

/**
 * Counts the visible pairs and times kernels on them, forward and with gradients, beside the same kernels without
 * masks. A kernel that skips what is hidden follows the fraction; a dense one does not.
 *
 * Everything but `seconds` and `fullSeconds` is exact and always the same.
 *
 * @throws what `countVisiblePairs` and the kernels throw.
 * @example visiblePairCost({ architecture: prefix, source: 96, target: 32, kernels: [reference()] }).fraction // => 0.78…
 */
export function visiblePairCost(options: VisiblePairCostOptions): VisiblePairCost {
  const { kernels } = options;
  const masked = layerAttentions(options);
  const unmasked = masked.map((attention) => ({ ...attention, mask: full() }));
  return {
    ...countVisiblePairs(options),
    kernels: kernels.map((kernel) => ({
      kernel: kernel.name,
      seconds: timeKernel(kernel, masked, options),
      fullSeconds: timeKernel(kernel, unmasked, options),
    })),
  };
}

function timeKernel(
  kernel: AttentionKernel,
  attentions: readonly LayerAttention[],
  { heads = 4, headWidth = 32, rows = 1, repeats = 5 }: VisiblePairCostOptions,
): KernelSeconds["seconds"] {
  const random = createRandom("visible pair cost");
  const tensor = (length: number): Tensor4D => {
    const values = Float32Array.from({ length: rows * heads * length * headWidth }, () => random.normal());
    return tf.tensor4d(values, [rows, heads, length, headWidth]);
  };
  const inputs = attentions.map(({ queries, keys }) => ({
    query: tensor(queries),
    key: tensor(keys),
    value: tensor(keys),
  }));
  const attend = () => attentions.map(({ mask }, at) => kernel.attend({ ...inputs[at]!, mask }));
  const loss = (at: number) => () => tf.sum(kernel.attend({ ...inputs[at]!, mask: attentions[at]!.mask })) as Tensor;
  const forward = () => attend().forEach((output) => void output.dataSync());
  const withGradients = () =>
    inputs.forEach((input, at) => {
      const { gradients } = valueAndGradients(loss(at), { ...input });
      for (const gradient of Object.values(gradients)) (gradient as Tensor).dataSync();
    });
  const seconds = { forward: medianSeconds(forward, repeats), withGradients: medianSeconds(withGradients, repeats) };
  tf.dispose(inputs);
  return seconds;
}

function medianSeconds(run: () => void, repeats: number): number {
  tf.tidy(run);
  const taken = Array.from({ length: Math.max(1, repeats) }, () => {
    const started = performance.now();
    tf.tidy(run);
    return (performance.now() - started) / 1000;
  });
  return taken.sort((a, b) => a - b)[taken.length >> 1] as number;
}
