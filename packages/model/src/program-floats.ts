import { isGated } from "@trivium/nn";
import type { MemoryParts } from "./memory-stages.ts";
import { isMerged, layersOf } from "./resolve-config.ts";
import { MOST_ROWS } from "./stack-program.ts";

/** Most parts that a product of few rows sums apart, and the least inputs of one. */
const PARTS = { most: 8, leastInputs: 64 };
/** Words of a layer's steps, and of its attentions' problems. */
const WORDS_OF_LAYER = 1500;

/** A result and its partial sums, for each number of it. */
const apart = (inputs: number): number => 1 + Math.min(PARTS.most, Math.ceil(inputs / PARTS.leastInputs));

/** Numbers that a decoder's program holds, at most: what two layers in turn take, and its list of steps. */
export function programFloats({ architecture, config, attention }: MemoryParts, rows: number): number {
  if (rows > MOST_ROWS || attention !== "fused") return 0;
  const { heads, keyValueHeads, headWidth, width, feedForward } = config;
  const stream = architecture.streams.at(-1) as string;
  const [queries, keys] = [heads * headWidth, keyValueHeads * headWidth];
  const attentions = architecture.crossMask && !isMerged(config) ? 2 : 1;
  const projected = (queries + 2 * keys) * apart(width) + (attentions - 1) * queries * apart(width);
  const mixed = attentions * width * apart(queries);
  const fed = feedForward * ((isGated(config.activation) ? 2 : 1) * apart(width) + 1) + width * apart(feedForward);
  // Normalised, rotated and attended heads; sums and norms of states.
  const between = 2 * (queries + keys) + attentions * queries + 8 * width;
  return 2 * rows * (projected + mixed + fed + between) + WORDS_OF_LAYER * layersOf(config, stream);
}
