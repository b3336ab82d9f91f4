import type { AttentionBias, AttentionDropout, AttentionKernel } from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import type { ParameterTree, Tensor, Tensor4D } from "@trivium/tensor";
import { affine, affineSpec } from "./affine.ts";
import { mergeHeads, splitHeads } from "./heads.ts";
import type { SpecTree } from "./parameter-spec.ts";
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

/** Keys and values of one attention layer, `[B, G, K, D]`. */
export interface KeyValues {
  readonly key: Tensor4D;
  readonly value: Tensor4D;
}

/** Projects states `[B, K, M]` to keys and values, the keys rotated if positions are rotary. */
export function projectKeyValues(parameters: ParameterTree, x: Tensor, heads: number, rotary?: Rotation): KeyValues {
  const key = splitHeads(affine(parameters.key as ParameterTree, x), heads);
  const value = splitHeads(affine(parameters.value as ParameterTree, x), heads);
  return { key: rotary ? rotate(key, rotary) : key, value };
}

export interface AttendOptions {
  readonly kernel: AttentionKernel;
  readonly heads: number;
  readonly mask: Mask;
  readonly scale: number;
  readonly bias?: AttentionBias;
  readonly rotary?: Rotation;
  readonly dropout?: AttentionDropout;
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
  keyValues: KeyValues,
  options: AttendOptions,
): Tensor {
  const { kernel, heads, rotary, mask, scale, bias, dropout } = options;
  const projected = splitHeads(affine(parameters.query as ParameterTree, x), heads);
  const attended = kernel.attend({
    query: rotary ? rotate(projected, rotary) : projected,
    ...keyValues,
    mask,
    scale,
    ...(bias ? { bias } : {}),
    ...(dropout ? { dropout } : {}),
  });
  return affine(parameters.output as ParameterTree, mergeHeads(attended));
}
