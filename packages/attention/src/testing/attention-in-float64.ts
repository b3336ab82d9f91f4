import { dropoutHash } from "@trivium/tensor";
import type { AttentionDropout, AttentionRequest } from "../attention-kernel.ts";
import type { AttentionShape } from "../attention-shape.ts";

/** A request as plain numbers, row-major, and the bias as a function of a pair. */
export interface PlainRequest {
  readonly shape: AttentionShape;
  readonly query: ArrayLike<number>;
  readonly key: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly visible: AttentionRequest["mask"]["visible"];
  readonly bias: (b: number, h: number, q: number, k: number) => number;
  readonly scale: number;
  readonly dropout?: AttentionDropout;
}

/**
 * Attention in float64, one pair after the other: what the kernels are held against. It shares no code with them but the
 * hash that dropout is defined by.
 *
 * @returns `[B, H, Q, D]`, row-major.
 */
export function attentionInFloat64(request: PlainRequest): Float64Array {
  const { B, H, Q } = request.shape;
  const output = new Float64Array(B * H * Q * request.shape.D);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) for (let q = 0; q < Q; q++) attendRow(request, b, h, q, output);
  }
  return output;
}

function attendRow(request: PlainRequest, b: number, h: number, q: number, output: Float64Array): void {
  const { shape, query, key, value, visible, bias, scale, dropout } = request;
  const { H, G, Q, K, D } = shape;
  const group = Math.floor((h * G) / H);
  const queryAt = ((b * H + h) * Q + q) * D;
  const keyAt = (k: number): number => ((b * G + group) * K + k) * D;
  const shown = Array.from({ length: K }, (_, k) => k).filter((k) => visible(b, h, q, k));
  const logits = shown.map((k) => {
    let product = 0;
    for (let d = 0; d < D; d++) product += query[queryAt + d]! * key[keyAt(k) + d]!;
    return product * scale + bias(b, h, q, k);
  });
  const greatest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - greatest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  shown.forEach((k, index) => {
    const factor = dropout ? dropoutFactor(dropout, ((b * H + h) * Q + q) * K + k) : 1;
    for (let d = 0; d < D; d++) output[queryAt + d]! += ((weights[index]! * factor) / sum) * value[keyAt(k) + d]!;
  });
}

const dropoutFactor = ({ rate, seed }: AttentionDropout, index: number): number =>
  dropoutHash(seed, index) >= Math.floor(rate * 2 ** 32) ? 1 / (1 - rate) : 0;
