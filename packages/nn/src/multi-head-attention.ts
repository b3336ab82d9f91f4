import {
  type AttentionBias,
  type AttentionDropout,
  type AttentionKernel,
  attendPages,
  attendProjected,
  type DistanceBias,
  type PageReading,
} from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import { type ParameterTree, type SpecTree, type Tensor, type Tensor3D, tf } from "@trivium/tensor";
import { affine, affineSpec, affines } from "./affine.ts";
import { type Rotation, rotate } from "./rotary.ts";

export interface MultiHeadAttentionOptions {
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly biases: boolean;
  readonly deviations: { readonly query: number; readonly keyValue: number; readonly output: number };
}

/** `query [M, H·D]`, `key` and `value [M, G·D]`, `output [H·D, M]`. */
export function multiHeadAttentionSpec(options: MultiHeadAttentionOptions): SpecTree {
  const { width, heads, keyValueHeads, headWidth, biases: bias, deviations } = options;
  const keyValue = { input: width, output: keyValueHeads * headWidth, bias, deviation: deviations.keyValue };
  return {
    query: affineSpec({ input: width, output: heads * headWidth, bias, deviation: deviations.query }),
    key: affineSpec(keyValue),
    value: affineSpec(keyValue),
    output: affineSpec({ input: heads * headWidth, output: width, bias, deviation: deviations.output }),
  };
}

/** Keys and values of one attention layer as projections leave them, `[B, K, G·D]`. */
export interface ProjectedKeyValues {
  readonly key: Tensor3D;
  readonly value: Tensor3D;
}

/** Keys and values of one attention layer in the pages of a storage, and what of them each query reads. */
export interface PagedKeyValues extends ProjectedKeyValues {
  readonly reading: PageReading;
  readonly bias?: DistanceBias | undefined;
}

/** Projects states `[B, K, M]` to keys and values, the keys rotated if positions are rotary. */
export function projectKeyValues(
  parameters: ParameterTree,
  x: Tensor,
  heads: number,
  rotary?: Rotation,
): ProjectedKeyValues {
  const [key, value] = affines([parameters.key as ParameterTree, parameters.value as ParameterTree], x) as [
    Tensor3D,
    Tensor3D,
  ];
  return { key: rotary ? rotateHeads(key, heads, rotary) : key, value };
}

/** What one attention layer makes of the states that attend to one another. */
export interface Projected extends ProjectedKeyValues {
  /** `[B, Q, H·D]`. */
  readonly query: Tensor3D;
}

export interface ProjectOptions {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly rotary?: Rotation | undefined;
}

/** Projects states `[B, L, M]` to queries, keys and values at once, queries and keys rotated if positions are rotary. */
export function projectAll(
  parameters: ParameterTree,
  x: Tensor,
  { heads, keyValueHeads, rotary }: ProjectOptions,
): Projected {
  const maps = [parameters.query, parameters.key, parameters.value] as ParameterTree[];
  const [query, key, value] = affines(maps, x) as [Tensor3D, Tensor3D, Tensor3D];
  if (!rotary) return { query, key, value };
  return { query: rotateHeads(query, heads, rotary), key: rotateHeads(key, keyValueHeads, rotary), value };
}

/** Rotates each head of `[B, L, heads·D]`. */
function rotateHeads(x: Tensor3D, heads: number, rotary: Rotation): Tensor3D {
  const [batch, length, width] = x.shape;
  return tf.reshape(rotate(tf.reshape(x, [batch, length, heads, width / heads]), rotary), x.shape);
}

export interface AttendOptions {
  readonly kernel: AttentionKernel;
  readonly heads: number;
  readonly mask: Mask;
  readonly scale: number;
  readonly bias?: AttentionBias | undefined;
  readonly rotary?: Rotation | undefined;
  readonly dropout?: AttentionDropout | undefined;
}

/**
 * Multi-head attention: queries from `x`, keys and values as given, heads mixed by the output projection.
 *
 * @param x - `[B, Q, M]`.
 * @returns `[B, Q, M]`.
 * @source Vaswani et al. 2017, §3.2.2, https://arxiv.org/abs/1706.03762; grouped heads: Ainslie et al. 2023,
 *   https://arxiv.org/abs/2305.13245
 */
export function multiHeadAttention(
  parameters: ParameterTree,
  x: Tensor,
  keyValues: ProjectedKeyValues | PagedKeyValues,
  options: AttendOptions,
): Tensor {
  const { heads, rotary } = options;
  const query = affine(parameters.query as ParameterTree, x) as Tensor3D;
  const rotated = rotary ? rotateHeads(query, heads, rotary) : query;
  return attendAndMix(parameters, rotated, keyValues, options);
}

/**
 * Multi-head attention from queries that are projected already, and rotated. Over pages of a storage the mask of the
 * reading holds, and the bias that comes with it.
 *
 * @param query - `[B, Q, H·D]`; over pages `[1, R, H·D]`.
 */
export function attendAndMix(
  parameters: ParameterTree,
  query: Tensor3D,
  keyValues: ProjectedKeyValues | PagedKeyValues,
  { kernel, heads, mask, scale, bias, dropout }: Omit<AttendOptions, "rotary">,
): Tensor {
  const attended =
    "reading" in keyValues
      ? attendPages(kernel, { query, ...keyValues, heads, scale })
      : attendProjected(kernel, { query, ...keyValues, heads, mask, scale, bias, dropout });
  return affine(parameters.output as ParameterTree, attended);
}
