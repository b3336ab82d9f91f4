import { type Tensor, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import { attendProjected } from "./attend-projected.ts";
import type { AttentionBias, AttentionKernel, DistanceBias, PagedAttentionRequest } from "./attention-kernel.ts";
import type { PageReading } from "./page-reading.ts";

/**
 * Attention of new positions over the pages of their rows: by a kernel that reads pages where they are, or with each
 * row's keys gathered side by side for a kernel that does not.
 *
 * @returns `[1, R, H·D]`.
 * @throws what the kernel's `attend` throws.
 * @example attendPages(fused(), { query, ...storage.read(0), heads: 2, reading }).shape // => [1, 3, 16]
 */
export function attendPages(kernel: AttentionKernel, request: PagedAttentionRequest): Tensor3D {
  return kernel.attendPages?.(request) ?? tf.tidy(() => attendGathered(kernel, request));
}

function attendGathered(kernel: AttentionKernel, request: PagedAttentionRequest): Tensor3D {
  const { query, heads, reading, scale, softCap } = request;
  const { queryLength, keyLength, queryPlaces, places, slots, mask } = reading.gathered;
  const rows = places.length === 0 ? 0 : reading.options.rows.lengths.length;
  const padded = queryPlaces ? pick(query, queryPlaces) : query;
  const ofRows = (tensor: Tensor3D): Tensor3D =>
    tf.reshape(slots ? pick(tensor, slots) : tensor, [rows, keyLength, tensor.shape[2]]);
  const ofQueries = tf.reshape(padded, [rows, queryLength, query.shape[2]]) as Tensor3D;
  const tensors = { query: ofQueries, key: ofRows(request.key), value: ofRows(request.value) };
  const bias = request.bias && placedBias(request.bias, reading);
  const attended = attendProjected(kernel, { ...tensors, heads, mask, bias, scale, softCap });
  const flat = tf.reshape(attended, [1, rows * queryLength, query.shape[2]]) as Tensor3D;
  return queryPlaces ? pick(flat, places) : flat;
}

/** Some of the positions of `[1, L, W]`. */
function pick(tensor: Tensor3D, places: Int32Array): Tensor3D {
  const [, length, width] = tensor.shape;
  const rows: Tensor = tf.gather(tf.reshape(tensor, [length, width]) as Tensor2D, tf.tensor1d(places, "int32"));
  return tf.reshape(rows, [1, places.length, width]) as Tensor3D;
}

function placedBias(bias: DistanceBias, { gathered }: PageReading): AttentionBias {
  const { queryPositions, keyLength } = gathered;
  return { ...bias, queryPositions, keyPositions: [Array.from({ length: keyLength }, (_, position) => position)] };
}
