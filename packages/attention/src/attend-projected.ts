import type { Tensor3D, Tensor4D } from "@trivium/tensor";
import type { AttentionKernel, AttentionRequest, ProjectedAttentionRequest } from "./attention-kernel.ts";
import { mergeHeads, splitHeads } from "./heads.ts";
import { projectedHeadWidth } from "./projected-head-width.ts";

/**
 * Attention with the heads side by side, as projections leave them: by a kernel that takes them so, or with their axes
 * moved for one that does not.
 *
 * @returns `[B, Q, H·D]`.
 * @throws {ShapeError} `attention/projected-width` if the widths are not those of whole heads; what `attend` throws.
 * @example attendProjected(reference(), { query, key, value, heads: 2, mask: causal() }).shape // => [1, 4, 16]
 */
export function attendProjected(kernel: AttentionKernel, request: ProjectedAttentionRequest): Tensor3D {
  return kernel.attendProjected?.(request) ?? mergeHeads(kernel.attend(withHeadsSplit(request)));
}

/** A request with an axis of heads. */
export function withHeadsSplit(request: ProjectedAttentionRequest): AttentionRequest {
  const { query, key, value, heads, ...rest } = request;
  const headWidth = projectedHeadWidth(request);
  const split = (x: Tensor3D | Tensor4D): Tensor4D =>
    x.rank === 4 ? (x as Tensor4D) : splitHeads(x, (x as Tensor3D).shape[2] / headWidth);
  return { ...rest, query: splitHeads(query, heads), key: split(key), value: split(value) };
}
