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
  readonly softCap?: number | undefined;
  readonly dropout?: AttentionDropout | undefined;
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
  const { H, Q, D } = request.shape;
  const queryAt = ((b * H + h) * Q + q) * D;
  for (const { keyAt, weight, factor } of weightsOf(request, b, h, q)) {
    for (let d = 0; d < D; d++) output[queryAt + d]! += weight * factor * request.value[keyAt + d]!;
  }
}

/** What a query makes of a key that it sees. */
interface PairWeight {
  readonly k: number;
  /** Where the key's numbers begin. */
  readonly keyAt: number;
  /** Its share of the softmax. */
  readonly weight: number;
  /** That of dropout. */
  readonly factor: number;
  /** The derivative of its logit with respect to the scaled product. */
  readonly slope: number;
}

function weightsOf(request: PlainRequest, b: number, h: number, q: number): PairWeight[] {
  const { shape, query, key, visible, bias, scale, softCap, dropout } = request;
  const { H, G, Q, K, D } = shape;
  const group = Math.floor((h * G) / H);
  const queryAt = ((b * H + h) * Q + q) * D;
  const keyAt = (k: number): number => ((b * G + group) * K + k) * D;
  const shown = Array.from({ length: K }, (_, k) => k).filter((k) => visible(b, h, q, k));
  const scores = shown.map((k) => {
    let product = 0;
    for (let d = 0; d < D; d++) product += query[queryAt + d]! * key[keyAt(k) + d]!;
    return product * scale;
  });
  const bounded = (score: number): number => (softCap === undefined ? score : softCap * Math.tanh(score / softCap));
  const logits = shown.map((k, index) => bounded(scores[index]!) + bias(b, h, q, k));
  const greatest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - greatest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return shown.map((k, index) => ({
    k,
    keyAt: keyAt(k),
    weight: weights[index]! / sum,
    slope: softCap === undefined ? 1 : 1 / Math.cosh(scores[index]! / softCap) ** 2,
    factor: dropout ? dropoutFactor(dropout, ((b * H + h) * Q + q) * K + k) : 1,
  }));
}

/** Gradients in float64, row-major. */
export interface GradientsInFloat64 {
  /** `[B, H, Q, D]`. */
  readonly query: Float64Array;
  /** `[B, G, K, D]`. */
  readonly key: Float64Array;
  /** `[B, G, K, D]`. */
  readonly value: Float64Array;
}

/**
 * The gradients of `Σ outputGradient · output`, by the formulas that Dao et al. 2022 give in appendix B.
 *
 * @param outputGradient - `[B, H, Q, D]`, row-major.
 * @param onLogit - told of the gradient of each visible pair's logit, which is that of its bias.
 * @source https://arxiv.org/abs/2205.14135
 */
export function attentionGradientsInFloat64(
  request: PlainRequest,
  outputGradient: ArrayLike<number>,
  onLogit?: (pair: { b: number; h: number; q: number; k: number }, gradient: number) => void,
): GradientsInFloat64 {
  const { B, H, Q } = request.shape;
  const [query, key, value] = [request.query, request.key, request.value].map(({ length }) => new Float64Array(length));
  const gradients = { query: query!, key: key!, value: value! };
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      for (let q = 0; q < Q; q++) {
        differentiateRow(request, outputGradient, gradients, { b, h, q }, (k, gradient) =>
          onLogit?.({ b, h, q, k }, gradient),
        );
      }
    }
  }
  return gradients;
}

function differentiateRow(
  request: PlainRequest,
  outputGradient: ArrayLike<number>,
  gradients: GradientsInFloat64,
  { b, h, q }: { readonly b: number; readonly h: number; readonly q: number },
  onLogit: (k: number, gradient: number) => void,
): void {
  const { shape, query, key, value, scale } = request;
  const { H, Q, D } = shape;
  const queryAt = ((b * H + h) * Q + q) * D;
  const pairs = weightsOf(request, b, h, q);
  const weightGradients = pairs.map(({ keyAt, weight, factor }) => {
    let product = 0;
    for (let d = 0; d < D; d++) {
      product += outputGradient[queryAt + d]! * value[keyAt + d]!;
      gradients.value[keyAt + d]! += weight * factor * outputGradient[queryAt + d]!;
    }
    return product * factor;
  });
  const mean = pairs.reduce((sum, { weight }, index) => sum + weight * weightGradients[index]!, 0);
  pairs.forEach(({ k, keyAt, weight, slope }, index) => {
    const gradient = weight * (weightGradients[index]! - mean);
    onLogit(k, gradient);
    const ofProduct = gradient * slope * scale;
    for (let d = 0; d < D; d++) {
      gradients.query[queryAt + d]! += ofProduct * key[keyAt + d]!;
      gradients.key[keyAt + d]! += ofProduct * query[queryAt + d]!;
    }
  });
}

const dropoutFactor = ({ rate, seed }: AttentionDropout, index: number): number =>
  dropoutHash(seed, index) >= Math.floor(rate * 2 ** 32) ? 1 / (1 - rate) : 0;
