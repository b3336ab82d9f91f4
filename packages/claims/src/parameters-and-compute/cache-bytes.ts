import type { PairLengths } from "@trivium/evaluator";
import { type Architecture, type ModelOptions, resolveConfig } from "@trivium/model";

/**
 * Bytes of float32 keys and values that decoding one pair holds at its end: of all positions in each layer of a single
 * stack; of an encoder–decoder, of the target in each decoder layer, and of the source in each cross-attention.
 *
 * @example cacheBytes(causal, { vocabulary: 64, width: 8, layers: 2 }, { source: 3, target: 2 }) // => 640
 */
export function cacheBytes(architecture: Architecture, options: ModelOptions, { source, target }: PairLengths): number {
  const { layers, keyValueHeads, headWidth } = resolveConfig(architecture, options);
  const decoding = typeof layers === "number" ? layers : (layers[architecture.streams.at(-1) as string] as number);
  return 4 * 2 * keyValueHeads * headWidth * decoding * (source + target);
}
