import { maskedSoftmax, softCapped, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionRequest } from "./attention-kernel.ts";
import { attentionScale, attentionShape } from "./attention-shape.ts";
import { biasBlock } from "./bias-block.ts";
import { denseVisibility } from "./dense-visibility.ts";
import { repeatGroups } from "./repeat-groups.ts";

/**
 * The weights of attention by its definition, `softmax(cap(q·kᵀ·scale) + bias)` over the visible keys: what kernels never
 * show. Without dropout.
 *
 * @returns `[B, H, Q, K]`: 0 where a key is hidden, each row of sum 1, or 0 if it sees nothing.
 * @throws what `attentionShape` throws.
 * @source Vaswani et al. 2017, §3.2.1, https://arxiv.org/abs/1706.03762
 * @example attentionWeights({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 4]
 */
export function attentionWeights(request: AttentionRequest): Tensor4D {
  return weightsBy(request, (query, key) => tf.matMul(query, key, false, true));
}

/** The weights of attention, with the product `q·kᵀ` taken in a way of one's own. */
export function weightsBy(request: AttentionRequest, product: (query: Tensor4D, key: Tensor4D) => Tensor4D): Tensor4D {
  const shape = attentionShape(request);
  const { query, key, mask, bias, softCap } = request;
  return tf.tidy(() => {
    const scale = attentionScale(request, shape);
    const visible = denseVisibility(mask, shape);
    const scores = product(query, repeatGroups(key, shape)); // [B, H, Q, K]
    if (!bias && softCap === undefined) return maskedSoftmax({ scores, visible, scale });
    const scaled: Tensor4D = softCapped(tf.mul(scores, scale), softCap);
    const everything = { queries: { start: 0, end: shape.Q }, keys: { start: 0, end: shape.K } };
    const logits: Tensor4D = bias ? tf.add(scaled, biasBlock(bias, everything)) : scaled;
    return maskedSoftmax({ scores: logits, visible, scale: 1 });
  });
}
