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
import { type ParameterTree, type SpecTree, type Tensor, type Tensor3D, type Tensor4D, tf } from "@trivium/tensor";
import { affine, affineSpec, affines } from "./affine.ts";
import { type NormOptions, norm, normSpec } from "./norm.ts";
import type { Rotation } from "./positions/position-scheme.ts";
import { rotate } from "./positions/rotary.ts";

export interface MultiHeadAttentionOptions {
  readonly width: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** Whether the maps to queries, keys and values, and the output map, have biases. */
  readonly biases: { readonly queryKeyValue: boolean; readonly output: boolean };
  /** The norm of each head's query and key (Qwen 3, Gemma 3). Default: none. */
  readonly queryKeyNorm?: NormOptions | undefined;
  readonly deviations: { readonly query: number; readonly keyValue: number; readonly output: number };
}

/** `query [M, H·D]`, `key` and `value [M, G·D]`, `output [H·D, M]`; `queryNorm` and `keyNorm [D]` if they are normalised. */
export function multiHeadAttentionSpec(options: MultiHeadAttentionOptions): SpecTree {
  const { width, heads, keyValueHeads, headWidth, biases, deviations, queryKeyNorm } = options;
  const bias = biases.queryKeyValue;
  const keyValue = { input: width, output: keyValueHeads * headWidth, bias, deviation: deviations.keyValue };
  const maps = {
    query: affineSpec({ input: width, output: heads * headWidth, bias, deviation: deviations.query }),
    key: affineSpec(keyValue),
    value: affineSpec(keyValue),
    output: affineSpec({ input: heads * headWidth, output: width, bias: biases.output, deviation: deviations.output }),
  };
  if (!queryKeyNorm) return maps;
  const ofHead = normSpec(queryKeyNorm, headWidth);
  return { ...maps, queryNorm: ofHead, keyNorm: ofHead };
}

/** Keys and values of one attention layer as projections leave them, `[B, K, G·D]`. */
export interface ProjectedKeyValues {
  readonly key: Tensor3D;
  readonly value: Tensor3D;
}

/** What happens to each head of projected queries and keys. */
export interface HeadOptions {
  readonly queryKeyNorm?: NormOptions | undefined;
  readonly rotary?: Rotation | undefined;
}

/** Keys and values of one attention layer in the pages of a storage, and what of them each query reads. */
export interface PagedKeyValues extends ProjectedKeyValues {
  readonly reading: PageReading;
  readonly bias?: DistanceBias | undefined;
}

/** Projects states `[B, K, M]` to keys and values. Keys are normalised and rotated as the options say. */
export function projectKeyValues(
  parameters: ParameterTree,
  x: Tensor,
  { keyValueHeads, ...options }: HeadOptions & { readonly keyValueHeads: number },
): ProjectedKeyValues {
  const maps = [parameters.key, parameters.value] as ParameterTree[];
  const [key, value] = affines(maps, x) as [Tensor3D, Tensor3D];
  return { key: finishHeads(key, keyValueHeads, { ...options, parameters: parameters.keyNorm }), value };
}

/** What one attention layer makes of the states that attend to one another. */
export interface Projected extends ProjectedKeyValues {
  /** `[B, Q, H·D]`. */
  readonly query: Tensor3D;
}

export interface ProjectOptions extends HeadOptions {
  readonly heads: number;
  readonly keyValueHeads: number;
}

/** Projects states `[B, L, M]` to queries, keys and values at once. */
export function projectAll(
  parameters: ParameterTree,
  x: Tensor,
  { heads, keyValueHeads, ...options }: ProjectOptions,
): Projected {
  const maps = [parameters.query, parameters.key, parameters.value] as ParameterTree[];
  const [query, key, value] = affines(maps, x) as [Tensor3D, Tensor3D, Tensor3D];
  return {
    query: finishHeads(query, heads, { ...options, parameters: parameters.queryNorm }),
    key: finishHeads(key, keyValueHeads, { ...options, parameters: parameters.keyNorm }),
    value,
  };
}

/** Normalises and rotates each head of `[B, L, heads·D]`. */
function finishHeads(
  x: Tensor3D,
  heads: number,
  { queryKeyNorm, rotary, parameters }: HeadOptions & { readonly parameters: ParameterTree[string] | undefined },
): Tensor3D {
  if (!queryKeyNorm && !rotary) return x;
  const [batch, length, width] = x.shape;
  const split: Tensor4D = tf.reshape(x, [batch, length, heads, width / heads]);
  const normed = queryKeyNorm ? (norm(parameters as ParameterTree, split, queryKeyNorm) as Tensor4D) : split;
  return tf.reshape(rotary ? rotate(normed, rotary) : normed, x.shape);
}

/** Options of one attention layer. */
export interface AttendOptions extends HeadOptions {
  readonly kernel: AttentionKernel;
  readonly heads: number;
  readonly mask: Mask;
  readonly scale: number;
  readonly softCap?: number | undefined;
  readonly bias?: AttentionBias | undefined;
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
  const query = affine(parameters.query as ParameterTree, x) as Tensor3D;
  const finished = finishHeads(query, options.heads, { ...options, parameters: parameters.queryNorm });
  return attendAndMix(parameters, finished, keyValues, options);
}

/**
 * Multi-head attention from queries that are projected, normalised and rotated already. Over pages of a storage the mask
 * of the reading holds, and the bias that comes with it.
 *
 * @param query - `[B, Q, H·D]`; over pages `[1, R, H·D]`.
 */
export function attendAndMix(
  parameters: ParameterTree,
  query: Tensor3D,
  keyValues: ProjectedKeyValues | PagedKeyValues,
  { kernel, heads, mask, scale, softCap, bias, dropout }: Omit<AttendOptions, keyof HeadOptions>,
): Tensor {
  const attended =
    "reading" in keyValues
      ? attendPages(kernel, { query, ...keyValues, heads, scale, softCap })
      : attendProjected(kernel, { query, ...keyValues, heads, mask, scale, softCap, bias, dropout });
  return affine(parameters.output as ParameterTree, attended);
}
