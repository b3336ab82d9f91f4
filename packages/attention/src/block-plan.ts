import { type Mask, type Range, toBlocks } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionShape } from "./attention-shape.ts";
import { type Block, lengthOf } from "./bias-block.ts";

/** How many positions a block of the matrix spans. */
export interface BlockSizes {
  readonly blockQueries: number;
  readonly blockKeys: number;
}

/** A block in which some row and head shows something. */
export interface PlannedBlock extends Block {
  /** The index of its key block. */
  readonly keyBlock: number;
  /** Whether every row and head shows all of it, so that no mask is needed. */
  readonly full: boolean;
}

/** For each query block, the key blocks that it has to visit. */
export interface BlockPlan {
  readonly queryBlocks: readonly { readonly queries: Range; readonly visits: readonly PlannedBlock[] }[];
  readonly keyBlocks: readonly Range[];
}

/**
 * Which blocks have to be visited: all rows and heads are computed together, so a block is left out only if it is
 * empty in each of them.
 */
export function blockPlan(mask: Mask, { B, H, Q, K }: AttentionShape, sizes: BlockSizes): BlockPlan {
  const { matrices } = toBlocks(mask, { rows: B, heads: H, queries: Q, keys: K, ...sizes });
  const keyBlocks = cut(K, sizes.blockKeys);
  const queryBlocks = cut(Q, sizes.blockQueries).map((queries, queryBlock) => {
    const partial = new Set(matrices.flatMap(({ forward }) => forward.partial[queryBlock] ?? []));
    const fullCounts = new Map<number, number>();
    for (const { forward } of matrices) {
      for (const key of forward.full[queryBlock] ?? []) fullCounts.set(key, (fullCounts.get(key) ?? 0) + 1);
    }
    const visits = keyBlocks.flatMap((keys, keyBlock) => {
      const fulls = fullCounts.get(keyBlock) ?? 0;
      const empty = fulls === 0 && !partial.has(keyBlock);
      return empty ? [] : [{ queries, keys, keyBlock, full: fulls === matrices.length }];
    });
    return { queries, visits };
  });
  return { queryBlocks, keyBlocks };
}

function cut(length: number, size: number): Range[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    start: index * size,
    end: Math.min(length, (index + 1) * size),
  }));
}

/**
 * What a mask shows in one block.
 *
 * @returns bool, `[mask.rows or 1, mask.heads or 1, block queries, block keys]`.
 */
export function blockVisibility(mask: Mask, block: Block): Tensor4D {
  const [rows, heads] = [mask.rows ?? 1, mask.heads ?? 1];
  const [height, width] = [lengthOf(block.queries), lengthOf(block.keys)];
  const values = new Uint8Array(rows * heads * height * width);
  for (let b = 0; b < rows; b++) {
    for (let h = 0; h < heads; h++) {
      const start = (b * heads + h) * height * width;
      fillBlock(values.subarray(start, start + height * width), mask, b, h, block);
    }
  }
  return tf.tensor4d(values, [rows, heads, height, width], "bool");
}

function fillBlock(values: Uint8Array, mask: Mask, b: number, h: number, { queries, keys }: Block): void {
  const verdict = mask.classify(b, h, queries, keys);
  if (verdict !== "some") {
    values.fill(verdict === "all" ? 1 : 0);
    return;
  }
  let index = 0;
  for (let q = queries.start; q < queries.end; q++) {
    for (let k = keys.start; k < keys.end; k++) values[index++] = mask.visible(b, h, q, k) ? 1 : 0;
  }
}
