import { dropout, maskedSoftmax, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionKernel, AttentionRequest } from "./attention-kernel.ts";
import { type AttentionShape, attentionScale, attentionShape } from "./attention-shape.ts";
import { biasBlock } from "./bias-block.ts";
import { denseVisibility } from "./dense-visibility.ts";
import { repeatGroups } from "./repeat-groups.ts";

/**
 * The reference kernel: attention as it is written down, `softmax(q·kᵀ·scale + bias)·v` over the visible keys.
 *
 * It is the specification that every other kernel matches, in outputs and in gradients, so it does the simplest thing
 * everywhere: it builds the whole matrix of Q×K, and repeats grouped keys and values for each of their query heads.
 *
 * @source Vaswani et al. 2017, §3.2.1, https://arxiv.org/abs/1706.03762; grouped heads: Ainslie et al. 2023,
 *   https://arxiv.org/abs/2305.13245
 * @example reference().attend({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function reference(): AttentionKernel {
  return {
    name: "reference",
    supports: () => true,
    attend(request) {
      const shape = attentionShape(request);
      return tf.tidy(() => attendDensely(request, shape));
    },
  };
}

function attendDensely(request: AttentionRequest, shape: AttentionShape): Tensor4D {
  const { query, key, value, mask, bias, dropout: dropping } = request;
  const scale = attentionScale(request, shape);
  const visible = denseVisibility(mask, shape);
  const scores: Tensor4D = tf.matMul(query, repeatGroups(key, shape), false, true); // [B, H, Q, K]
  const everything = { queries: { start: 0, end: shape.Q }, keys: { start: 0, end: shape.K } };
  const probabilities = bias
    ? maskedSoftmax({ scores: tf.add(tf.mul(scores, scale), biasBlock(bias, everything)), visible, scale: 1 })
    : maskedSoftmax({ scores, visible, scale });
  return tf.matMul(dropping ? dropout(probabilities, dropping) : probabilities, repeatGroups(value, shape));
}
