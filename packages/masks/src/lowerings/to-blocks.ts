import { assertInteger } from "../assert-integer.ts";
import type { Mask, MaskSize, Range, Visibility } from "../mask.ts";
import { extentOf } from "./mask-size.ts";

export interface BlockOptions extends MaskSize {
  /** Queries in a block; the last block may be shorter. */
  readonly blockQueries: number;
  readonly blockKeys: number;
  /** Ask each pair of the blocks that `classify` calls `"some"`, so that every verdict is exact. Default false. */
  readonly exact?: boolean | undefined;
}

/** For each block along one axis, the blocks of the other axis that it meets, in rising order. */
export interface BlockIndex {
  /** Blocks in which each pair must be asked. */
  readonly partial: readonly (readonly number[])[];
  /** Blocks in which every pair is visible. */
  readonly full: readonly (readonly number[])[];
}

/** One matrix, that of a row and head, as lists of blocks; blocks in neither list are empty. */
export interface BlockLists {
  /** For each query block, its key blocks. */
  readonly forward: BlockIndex;
  /** For each key block, its query blocks, in the order of the backward pass. */
  readonly transposed: BlockIndex;
}

export interface BlockMap {
  readonly blockQueries: number;
  readonly blockKeys: number;
  readonly queryBlocks: number;
  readonly keyBlocks: number;
  /** The mask's own rows and heads, 1 where it is the same for all. */
  readonly rows: number;
  readonly heads: number;
  /** Row-major over rows and heads. */
  readonly matrices: readonly BlockLists[];
  /** The lists of batch row `b` and head `h`; a mask that is the same for all answers for any. */
  at(b: number, h: number): BlockLists;
}

/**
 * The mask as lists of partial and full blocks, by query block and by key block.
 *
 * Full blocks need no mask, empty blocks no work. The last block of an axis is cut at its end, and is full if all
 * pairs that exist are visible.
 *
 * @throws {ConfigError} `masks/block-size` if a block is smaller than 1, `masks/size` if a size is not an integer ≥ 0.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if the mask has another number of them.
 * @source FlexAttention's BlockMask, https://arxiv.org/abs/2412.05496
 * @example toBlocks(causal(), { queries: 4, keys: 4, blockQueries: 2, blockKeys: 2 }).at(0, 0).forward.full // => [[], [0]]
 */
export function toBlocks(mask: Mask, options: BlockOptions): BlockMap {
  const { blockQueries, blockKeys, exact = false } = options;
  assertInteger("masks/block-size", "blockQueries", blockQueries, 1);
  assertInteger("masks/block-size", "blockKeys", blockKeys, 1);
  const { rows, heads, queries, keys } = extentOf(mask, options);
  const queryRanges = cut(queries, blockQueries);
  const keyRanges = cut(keys, blockKeys);
  const judge = exact ? classifyExactly : (one: Mask, ...block: BlockArguments) => one.classify(...block);
  const matrices = Array.from({ length: rows * heads }, (_, matrix) =>
    listBlocks(queryRanges, keyRanges, (q, k) => judge(mask, Math.floor(matrix / heads), matrix % heads, q, k)),
  );
  return {
    blockQueries,
    blockKeys,
    queryBlocks: queryRanges.length,
    keyBlocks: keyRanges.length,
    rows,
    heads,
    matrices,
    at: (b, h) => matrices[(mask.rows === null ? 0 : b) * heads + (mask.heads === null ? 0 : h)] as BlockLists,
  };
}

type BlockArguments = Parameters<Mask["classify"]>;

/** The ranges of `size` positions that `length` positions are cut into; the last may be shorter. */
export function cut(length: number, size: number): Range[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    start: index * size,
    end: Math.min(length, (index + 1) * size),
  }));
}

function listBlocks(
  queries: readonly Range[],
  keys: readonly Range[],
  judge: (queries: Range, keys: Range) => Visibility,
): BlockLists {
  const forward = emptyIndex(queries.length);
  const transposed = emptyIndex(keys.length);
  queries.forEach((queryRange, query) => {
    keys.forEach((keyRange, key) => {
      const verdict = judge(queryRange, keyRange);
      if (verdict === "none") return;
      const list = verdict === "all" ? "full" : "partial";
      forward[list][query]?.push(key);
      transposed[list][key]?.push(query);
    });
  });
  return { forward, transposed };
}

const emptyIndex = (length: number) => ({
  partial: Array.from({ length }, (): number[] => []),
  full: Array.from({ length }, (): number[] => []),
});

/** The verdict on a block after looking at its pairs where `classify` left it open. */
function classifyExactly(mask: Mask, ...[b, h, queries, keys]: BlockArguments): Visibility {
  const verdict = mask.classify(b, h, queries, keys);
  if (verdict !== "some") return verdict;
  const first = mask.visible(b, h, queries.start, keys.start);
  for (let q = queries.start; q < queries.end; q++) {
    for (let k = keys.start; k < keys.end; k++) if (mask.visible(b, h, q, k) !== first) return "some";
  }
  return first ? "all" : "none";
}
