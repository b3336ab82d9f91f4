import type { ModelOptions } from "@trivium/model";
import type { WeightFormat } from "@trivium/tensor";
import type { Work } from "./contender.ts";

/** Sizes of a model that decodes. */
export interface DecodingShape {
  readonly vocabulary: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly feedForward: number;
  /** GPT-2's layers, or those of Llama. */
  readonly style: "gpt" | "llama";
}

/** Shapes of models that people have. */
export const decodingShapes = {
  gpt2: {
    vocabulary: 50257,
    layers: 12,
    width: 768,
    heads: 12,
    keyValueHeads: 12,
    feedForward: 3072,
    style: "gpt",
  },
  smollm2: {
    vocabulary: 49152,
    layers: 30,
    width: 576,
    heads: 9,
    keyValueHeads: 3,
    feedForward: 1536,
    style: "llama",
  },
} as const satisfies Readonly<Record<string, DecodingShape>>;

/** The configuration of a model of these sizes. */
export function modelOptionsOf({ style, ...sizes }: DecodingShape, length: number): ModelOptions {
  if (style === "gpt") return { ...sizes, length };
  return { ...sizes, length, activation: "swiglu", norm: "rms", positions: "rotary", biases: false };
}

/** Numbers that a token's products read: every matrix once, and of the embedding the head alone. */
export function weightsPerToken({
  vocabulary,
  layers,
  width,
  heads,
  keyValueHeads,
  feedForward,
  style,
}: DecodingShape) {
  const attention = 2 * width * width + (2 * width * width * keyValueHeads) / heads;
  const perLayer = attention + (style === "gpt" ? 2 : 3) * width * feedForward;
  return layers * perLayer + vocabulary * width;
}

const bytesOfWeight = { f32: 4, bf16: 2, q8: 34 / 32 } as const;

/** A token of some rows, by weights of a type. */
export const tokenWork = (label: string, shape: DecodingShape, weights: WeightFormat): Work => ({
  label,
  bytes: bytesOfWeight[weights] * weightsPerToken(shape),
});

/** A prompt of each row, by its number of positions; the head multiplies the last one alone. */
export function prefillWork(
  label: string,
  shape: DecodingShape,
  { batch, positions }: { readonly batch: number; readonly positions: number },
): Work {
  const head = shape.vocabulary * shape.width;
  const flops = 2 * batch * (positions * (weightsPerToken(shape) - head) + head);
  return { label, flops, tokens: batch * positions };
}
