import { activeTraits, dropout, squaredNorms, type Tensor, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionRequest } from "./attention-kernel.ts";
import type { AttentionShape } from "./attention-shape.ts";
import { weightsBy } from "./attention-weights.ts";
import { denseVisibility } from "./dense-visibility.ts";
import { repeatGroups } from "./repeat-groups.ts";
import { selectedProducts } from "./selected-product.ts";

/**
 * Tells whether keys or values that a mask hides could have an influence: some are infinite or NaN and others are not.
 * Where every number is finite, or none is, a kernel is right as it is. False on a backend whose reads stall, where no
 * kernel may look at numbers.
 */
export const hasOddKeys = ({ key, value }: { readonly key: Tensor; readonly value: Tensor }): boolean =>
  activeTraits().reads !== "stalling" && !areSmall([key, value]) && [key, value].some(isPartlyFinite);

/**
 * Attention over keys and values of which some are infinite or NaN, so that those that a mask hides have no influence on
 * outputs and gradients. It builds the whole matrix of Q×K.
 *
 * @returns `[B, H, Q, D]`.
 */
export function attendOddKeys(request: AttentionRequest, shape: AttentionShape): Tensor4D {
  const { value, mask, dropout: dropping } = request;
  const visible = tf.broadcastTo(denseVisibility(mask, shape), [shape.B, shape.H, shape.Q, shape.K]) as Tensor4D;
  const { scores, weighted } = selectedProducts(visible);
  const weights = weightsBy(request, scores);
  return weighted(dropping ? dropout(weights, dropping) : weights, repeatGroups(value, shape));
}

/** Tells whether all sums of squares are finite, as those of finite numbers are unless these are huge: one pass, one read. */
const areSmall = (tensors: readonly Tensor[]): boolean =>
  squaredNorms(tensors)
    .dataSync()
    .every((norm) => Number.isFinite(norm));

/** Tells whether some numbers are finite and others are not. */
function isPartlyFinite(x: Tensor): boolean {
  return tf.max(tf.cast(tf.equal(tf.sub(x, x), 0), "int32")).dataSync()[0] === 1;
}
