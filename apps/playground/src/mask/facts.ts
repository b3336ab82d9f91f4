import { attentionFlops, type BlockMap, density, type Mask, toBlocks, toIntervals, visiblePairs } from "@trivium/masks";
import type { PictureSize } from "./read-mask.ts";

/** Counts of a mask, by the package's own counters. */
export interface MaskFacts {
  readonly pairs: number;
  readonly all: number;
  readonly density: number;
  /** Floating-point operations of a forward pass, and of a backward pass: four products in place of two. */
  readonly forward: number;
  readonly backward: number;
  /** Why the mask has no O(n) form; undefined if it has one. */
  readonly noIntervals: string | undefined;
}

/** Counts the pairs and costs of a mask. */
export function factsOf(
  mask: Mask,
  size: PictureSize,
  { headWidth, heads }: { readonly headWidth: number; readonly heads: number },
): MaskFacts {
  const pairs = visiblePairs(mask, size);
  const forward = attentionFlops(mask, { ...size, headWidth, heads: mask.heads ?? heads });
  const intervals = toIntervals(mask, size);
  return {
    pairs,
    all: size.queries * size.keys * (mask.rows ?? 1),
    density: density(mask, size),
    forward,
    backward: 2 * forward,
    noIntervals: "reason" in intervals ? intervals.reason : undefined,
  };
}

/** The block map of a mask, with every verdict exact. */
export const blocksOf = (mask: Mask, size: PictureSize, block: number): BlockMap =>
  toBlocks(mask, { ...size, blockQueries: block, blockKeys: block, exact: true });

/** The blocks of one row that are full, partial and empty. */
export function countBlocks(blocks: BlockMap, row: number): { full: number; partial: number; empty: number } {
  const { forward } = blocks.at(Math.min(row, blocks.rows - 1), 0);
  const count = (lists: readonly (readonly number[])[]) => lists.reduce((sum, list) => sum + list.length, 0);
  const [full, partial] = [count(forward.full), count(forward.partial)];
  return { full, partial, empty: blocks.queryBlocks * blocks.keyBlocks - full - partial };
}
