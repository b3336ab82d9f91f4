import { createMaskCache, type Mask, type Range, toIntervals } from "@trivium/masks";
import {
  type AttentionGrain,
  type AttentionPlan,
  type AttentionVisit,
  blockLength,
  draftVisit,
  planWords,
  visitRuns,
} from "@trivium/tensor";
import type { AttentionShape } from "./attention-shape.ts";

/** Plans of masks that are the same for every batch row are kept: enough for the shapes of a few models. */
const KEPT_PLANS = 32;

type PlanShape = Pick<AttentionShape, "B" | "H" | "Q" | "K">;

/**
 * The plans for each backend's kernel. Architectures make their masks anew at each step, and all layers of a step ask for
 * the same one.
 */
const plansOfGrain = new WeakMap<AttentionGrain, ReturnType<typeof createMaskCache<AttentionPlan>>>();

/**
 * Lowers a mask to the plan of a fused kernel: blocks where nothing is visible are left out, those where everything is have
 * no bits, the others have a bit for each pair.
 *
 * Where each query sees one run of keys, as under most of this library's masks, the plan is made from those runs, in
 * time that grows with the length.
 *
 * @throws {ConfigError} `masks/identity` if another predicate was planned under the same name and options.
 */
export function attentionPlan(mask: Mask, shape: PlanShape, grain: AttentionGrain): AttentionPlan {
  const plans = plansOfGrain.get(grain) ?? createMaskCache<AttentionPlan>(KEPT_PLANS);
  plansOfGrain.set(grain, plans);
  return plans(mask, { queries: shape.Q, keys: shape.K }, () => makePlan(mask, shape, grain));
}

/** The visits of a row's and head's block of queries. */
type Lowering = (row: number, head: number, queries: Range) => AttentionVisit[];

function makePlan(mask: Mask, shape: PlanShape, grain: AttentionGrain): AttentionPlan {
  const { Q: queries, K: keys } = shape;
  const [rows, heads] = [mask.rows ?? 1, mask.heads ?? 1];
  const blockQueries = blockLength(queries, grain);
  const lowered = toIntervals(mask, { rows: shape.B, heads: shape.H, queries, keys });
  const visitsOf: Lowering =
    "intervals" in lowered
      ? (row, head, block) => visitsOfRuns(lowered.intervals, (row * heads + head) * queries, { block, grain })
      : (row, head, block) => visitRuns({ start: 0, end: keys }, grain).flatMap(visitOfPairs(mask, row, head, block));
  const blocks: AttentionVisit[][] = [];
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      for (let start = 0; start < queries; start += blockQueries) {
        blocks.push(visitsOf(row, head, { start, end: Math.min(queries, start + blockQueries) }));
      }
    }
  }
  return { words: planWords(blocks), blockQueries, rows, heads };
}

/** Visits of queries that each see one run of keys; `base` is the place of query 0. */
function visitsOfRuns(
  { start, end }: { start: Int32Array; end: Int32Array },
  base: number,
  { block, grain }: { block: Range; grain: AttentionGrain },
): AttentionVisit[] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let at = base + block.start; at < base + block.end; at++) {
    if (start[at] === end[at]) continue;
    low = Math.min(low, start[at] as number);
    high = Math.max(high, end[at] as number);
  }
  if (high === 0) return [];
  const queries = block.end - block.start;
  return visitRuns({ start: low, end: high }, grain).flatMap((keys) => {
    const visit = draftVisit(keys, queries);
    for (let index = 0; index < queries; index++) {
      const at = base + block.start + index;
      visit.show(index, start[at] as number, end[at] as number);
    }
    return visit.finish();
  });
}

/** The visit of a run of keys by queries whose keys have gaps, pair by pair where the mask cannot tell. */
const visitOfPairs =
  (mask: Mask, row: number, head: number, queries: Range) =>
  (keys: Range): AttentionVisit[] => {
    const verdict = mask.classify(row, head, queries, keys);
    if (verdict !== "some") return verdict === "none" ? [] : [{ start: keys.start, count: keys.end - keys.start }];
    const visit = draftVisit(keys, queries.end - queries.start);
    for (let q = queries.start; q < queries.end; q++) {
      for (let k = keys.start; k < keys.end; k++) {
        if (mask.visible(row, head, q, k)) visit.show(q - queries.start, k, k + 1);
      }
    }
    return visit.finish();
  };
