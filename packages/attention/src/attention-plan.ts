import { createMaskCache, type Mask, type Range, toIntervals } from "@trivium/masks";
import type { AttentionPlan } from "@trivium/tensor";
import type { AttentionShape } from "./attention-shape.ts";

/** Keys of a visit: as many as a word of bits has. */
const VISIT_KEYS = 64;
/** Most queries of a block: as many as keep its tiles in the fast caches. */
const BLOCK_QUERIES = 96;
/** Queries that a tile of the kernel takes. */
const TILE_QUERIES = 6;
/** Plans of masks that are the same for every batch row are kept: enough for the shapes of a few models. */
const KEPT_PLANS = 32;

type PlanShape = Pick<AttentionShape, "B" | "H" | "Q" | "K">;

/** Architectures make their masks anew at each step, and all layers of a step ask for the same one. */
const plans = createMaskCache<AttentionPlan>(KEPT_PLANS);

/**
 * The part of a mask that the fused kernel looks at: blocks where nothing is visible are left out, those where everything
 * is have no bits, the others have a bit for each pair.
 *
 * Where each query sees one run of keys, as under most of this library's masks, the plan is made from those runs, in
 * time that grows with the length.
 *
 * @throws {ConfigError} `masks/identity` if another predicate was planned under the same name and options.
 */
export function attentionPlan(mask: Mask, shape: PlanShape): AttentionPlan {
  return plans(mask, { queries: shape.Q, keys: shape.K }, () => makePlan(mask, shape));
}

/** A run of keys that a query block looks at; `bits` is missing where every query sees all of them. */
interface Visit {
  readonly start: number;
  readonly count: number;
  /** Two words for each query, the lower keys first. */
  readonly bits?: Int32Array;
}

type Lowering = (row: number, head: number, queries: Range) => Visit[];

function makePlan(mask: Mask, shape: PlanShape): AttentionPlan {
  const { Q: queries, K: keys } = shape;
  const [rows, heads] = [mask.rows ?? 1, mask.heads ?? 1];
  const blockQueries = blockLength(queries);
  const lowered = toIntervals(mask, { rows: shape.B, heads: shape.H, queries, keys });
  const visitsOf: Lowering =
    "intervals" in lowered
      ? (row, head, block) => visitsOfRuns(lowered.intervals, (row * heads + head) * queries, block)
      : (row, head, block) => visitsOfPairs(mask, row, head, block, keys);
  const blocks: Visit[][] = [];
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      for (let start = 0; start < queries; start += blockQueries) {
        blocks.push(visitsOf(row, head, { start, end: Math.min(queries, start + blockQueries) }));
      }
    }
  }
  return { words: writeWords(blocks), blockQueries, rows, heads };
}

/** Blocks of about the same length, in whole tiles. */
function blockLength(queries: number): number {
  const even = Math.ceil(queries / Math.ceil(queries / BLOCK_QUERIES));
  return Math.ceil(even / TILE_QUERIES) * TILE_QUERIES;
}

/** Visits of queries that each see one run of keys; `base` is the place of query 0. */
function visitsOfRuns({ start, end }: { start: Int32Array; end: Int32Array }, base: number, queries: Range): Visit[] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let at = base + queries.start; at < base + queries.end; at++) {
    if (start[at] === end[at]) continue;
    low = Math.min(low, start[at] as number);
    high = Math.max(high, end[at] as number);
  }
  if (high === 0) return [];
  return cut({ start: low, end: high }).flatMap((keys) => {
    const bits = new Int32Array(2 * (queries.end - queries.start));
    let seen = 0;
    for (let index = 0; index < queries.end - queries.start; index++) {
      const at = base + queries.start + index;
      const from = Math.max(start[at] as number, keys.start) - keys.start;
      const to = Math.min(end[at] as number, keys.end) - keys.start;
      if (from >= to) continue;
      seen += to - from;
      bits[2 * index] = run(from, Math.min(32, to));
      bits[2 * index + 1] = run(from - 32, to - 32);
    }
    return visit(keys, queries, seen, bits);
  });
}

/** Visits of queries whose keys have gaps, pair by pair where the mask cannot tell. */
function visitsOfPairs(mask: Mask, row: number, head: number, queries: Range, keys: number): Visit[] {
  return cut({ start: 0, end: keys }).flatMap((block) => {
    const verdict = mask.classify(row, head, queries, block);
    if (verdict !== "some") return verdict === "none" ? [] : [{ start: block.start, count: block.end - block.start }];
    const bits = new Int32Array(2 * (queries.end - queries.start));
    let seen = 0;
    for (let q = queries.start; q < queries.end; q++) {
      for (let k = block.start; k < block.end; k++) {
        if (!mask.visible(row, head, q, k)) continue;
        const place = 2 * (q - queries.start) + ((k - block.start) >> 5);
        bits[place] = (bits[place] as number) | (1 << (k - block.start));
        seen++;
      }
    }
    return visit(block, queries, seen, bits);
  });
}

function visit(keys: Range, queries: Range, seen: number, bits: Int32Array): Visit[] {
  const count = keys.end - keys.start;
  if (seen === 0) return [];
  return [{ start: keys.start, count, ...(seen < count * (queries.end - queries.start) && { bits }) }];
}

/** Runs of about the same length, of whole panels of 8 keys but for the last. */
function cut({ start, end }: Range): Range[] {
  const length = end - start;
  const size = Math.ceil(length / Math.ceil(length / VISIT_KEYS) / 8) * 8;
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    start: start + index * size,
    end: Math.min(end, start + (index + 1) * size),
  }));
}

/** A word with bits `from` to `to`. */
function run(from: number, to: number): number {
  const [low, high] = [Math.max(0, from), Math.min(32, to)];
  if (low >= high) return 0;
  return (high - low === 32 ? -1 : (1 << (high - low)) - 1) << low;
}

function writeWords(blocks: readonly (readonly Visit[])[]): Int32Array {
  const visits = blocks.flat();
  const bitWords = visits.reduce((sum, { bits }) => sum + (bits?.length ?? 0), 0);
  const words = new Int32Array(2 * blocks.length + 3 * visits.length + bitWords);
  let [next, nextBits] = [2 * blocks.length, 2 * blocks.length + 3 * visits.length];
  blocks.forEach((block, index) => {
    words.set([next, block.length], 2 * index);
    for (const { start, count, bits } of block) {
      words.set([start, count, bits ? nextBits : 0], next);
      next += 3;
      if (!bits) continue;
      words.set(bits, nextBits);
      nextBits += bits.length;
    }
  });
  return words;
}
