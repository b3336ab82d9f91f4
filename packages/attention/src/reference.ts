import { dropout, type Tensor4D, tf } from "@trivium/tensor";
import { attendOddKeys, hasOddKeys } from "./attend-odd-keys.ts";
import type { AttentionKernel, AttentionRequest } from "./attention-kernel.ts";
import { type AttentionShape, attentionShape } from "./attention-shape.ts";
import { attentionWeights } from "./attention-weights.ts";
import { repeatGroups } from "./repeat-groups.ts";

/**
 * The reference kernel: attention as it is written down, `softmax(cap(q·kᵀ·scale) + bias)·v` over the visible keys,
 * where `cap` is the soft cap, if there is one.
 *
 * It is the specification that every other kernel matches, in outputs and in gradients, so it does the simplest thing
 * everywhere: it builds the whole matrix of Q×K, and repeats grouped keys and values for each of their query heads.
 *
 * @source Vaswani et al. 2017, §3.2.1, https://arxiv.org/abs/1706.03762; grouped heads: Ainslie et al. 2023,
 *   https://arxiv.org/abs/2305.13245; soft cap: Gemma Team 2024, §2, https://arxiv.org/abs/2408.00118
 * @example reference().attend({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function reference(): AttentionKernel {
  return {
    name: "reference",
    supports: () => true,
    attend(request) {
      const shape = attentionShape(request);
      return tf.tidy(() => (hasOddKeys(request) ? attendOddKeys : attendDensely)(request, shape));
    },
  };
}

function attendDensely(request: AttentionRequest, shape: AttentionShape): Tensor4D {
  const { value, dropout: dropping } = request;
  const weights = attentionWeights(request);
  return tf.matMul(dropping ? dropout(weights, dropping) : weights, repeatGroups(value, shape));
}
