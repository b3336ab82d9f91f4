import { type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionRequest } from "./attention-kernel.ts";
import { attentionShape } from "./attention-shape.ts";
import { denseVisibility } from "./dense-visibility.ts";
import { repeatGroups } from "./repeat-groups.ts";

/** What linear attention takes: no bias, for there is nothing to be normalised, and no dropout. */
export interface LinearAttentionRequest extends Pick<AttentionRequest, "query" | "key" | "value" | "mask"> {
  /** Multiplier on the products, dimensionless. Default 1. */
  readonly scale?: number | undefined;
}

/**
 * Linear attention: `(visible ⊙ q·kᵀ)·v·scale`, without a softmax, so that a layer is a polynomial of its input. A query
 * that sees nothing gives 0.
 *
 * It is no `AttentionKernel`: those agree on softmax attention, and this is another function. It serves constructions of
 * which every number is known, as those of learning in context; the whole matrix of Q×K is built.
 *
 * @param request.query - `[B, H, Q, D]` float32.
 * @param request.key - `[B, G, K, D]` float32; `H` is a multiple of `G`.
 * @param request.value - of the shape of `key`.
 * @returns `[B, H, Q, D]`.
 * @throws {ShapeError} `attention/shapes`, `attention/head-width`, `attention/grouped-heads`, `attention/mask-rows` or
 *   `attention/mask-heads`; {ConfigError} `attention/scale`.
 * @source von Oswald et al. 2023, §2, https://arxiv.org/abs/2212.07677; Ding et al. 2024, §3.1, https://arxiv.org/abs/2308.06912
 * @example linearAttention({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function linearAttention(request: LinearAttentionRequest): Tensor4D {
  const shape = attentionShape(request);
  const { query, key, value, mask, scale = 1 } = request;
  return tf.tidy(() => {
    const products: Tensor4D = tf.matMul(query, repeatGroups(key, shape), false, true); // [B, H, Q, K]
    const seen = tf.mul<Tensor4D>(products, tf.cast(denseVisibility(mask, shape), "float32"));
    const output: Tensor4D = tf.matMul(seen, repeatGroups(value, shape));
    return scale === 1 ? output : tf.mul(output, scale);
  });
}
