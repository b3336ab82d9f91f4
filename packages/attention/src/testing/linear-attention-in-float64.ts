import type { AttentionRequest } from "../attention-kernel.ts";
import type { AttentionShape } from "../attention-shape.ts";

/** A request as plain numbers, row-major. */
export interface PlainLinearRequest {
  readonly shape: AttentionShape;
  readonly query: ArrayLike<number>;
  readonly key: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly visible: AttentionRequest["mask"]["visible"];
  readonly scale: number;
}

/**
 * Linear attention in float64, one visible pair after the other: `Σₖ scale·⟨q, k⟩·v`. It shares no code with the op.
 *
 * @returns `[B, H, Q, D]`, row-major.
 */
export function linearAttentionInFloat64({ shape, visible, scale, ...tensors }: PlainLinearRequest): Float64Array {
  const { B, H, G, Q, K, D } = shape;
  const { query, key, value } = tensors;
  const output = new Float64Array(B * H * Q * D);
  const addPair = (queryAt: number, keyAt: number): void => {
    let product = 0;
    for (let d = 0; d < D; d++) product += query[queryAt + d]! * key[keyAt + d]!;
    for (let d = 0; d < D; d++) output[queryAt + d]! += scale * product * value[keyAt + d]!;
  };
  for (let row = 0; row < B * H * Q; row++) {
    const q = row % Q;
    const h = Math.floor(row / Q) % H;
    const b = Math.floor(row / (Q * H));
    const group = b * G + Math.floor((h * G) / H);
    for (let k = 0; k < K; k++) if (visible(b, h, q, k)) addPair(row * D, (group * K + k) * D);
  }
  return output;
}
