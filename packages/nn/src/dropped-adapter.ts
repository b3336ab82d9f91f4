import { dropout, linear, type ParameterTree, type Tensor, type Tensor1D, type Tensor2D, tf } from "@trivium/tensor";

/** A low-rank adapter beside a map whose weight has it in it already. Some of its inputs are dropped in a training step. */
export interface DroppedAdapter {
  /** `[M, r]`. */
  readonly a: Tensor2D;
  /** `[r, F]`, times α/r. */
  readonly b: Tensor2D;
  /** `[2]` int32: the seed, and the rate in units of 2⁻³⁰. A tensor, so that an adapter is a tree of tensors. */
  readonly draw: Tensor1D;
}

const UNIT = 2 ** -30;

/**
 * Returns what stands as `adapter` beside the `weight` of a map: then `affine` drops inputs of the adapter, token by token.
 *
 * @param options.rate - in [0, 1).
 * @param options.seed - int32; the same seed drops the same inputs.
 */
export function droppedAdapter(
  { a, b }: Pick<DroppedAdapter, "a" | "b">,
  { rate, seed }: { readonly rate: number; readonly seed: number },
): ParameterTree {
  return { a, b, draw: tf.tensor1d([seed | 0, Math.round(rate / UNIT)], "int32") };
}

/** What a map lacks whose weight has the adapter: `(drop(x) − x)·A·B`. */
export function changeByDropping(x: Tensor, { a, b, draw }: DroppedAdapter): Tensor {
  const [seed, rate] = draw.dataSync() as Int32Array;
  const dropped = dropout(x, { rate: (rate as number) * UNIT, seed: seed as number });
  return linear(linear(tf.sub(dropped, x), a), b);
}
