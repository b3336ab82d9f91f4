/** The plan: for each matrix and query block a list of visits, each some keys and what each query sees of them. */
import { Problem, queryBlocks, VISIT_KEYS } from "./problem";

/** At most 64 keys that a query block looks at. */
@unmanaged
export class Visit {
  /** The first key of a run; of keys that are listed, −1 − where in the plan their list stands. */
  start: u32;
  count: u32;
  /** Where in the plan the bits of each query stand, 64 for each; 0 if every query sees every key. */
  bits: u32;
}

@unmanaged
export class Visits {
  /** Where in the plan the first one stands. */
  first: u32;
  count: u32;
}

/** Most keys of a group: its tiles stay in the second cache. */
export const GROUP_KEYS: u32 = 384;
/** Visits of adjacent keys, whose tiles a library multiplies at once. */
@unmanaged
export class Group {
  start: u32;
  keys: u32;
  /** From one query's row of the group's tiles to the next; they begin with query `from`. */
  step: usize;
  /** The first visit of the block that belongs to it, and their number. */
  first: u32; visits: u32;
  /** True if some query does not see every key. */
  isMasked: bool;
  /** The first query of the block that sees any of the keys, and the one after the last. */
  from: u32;
  to: u32;
}

export const GROUP_BYTES: usize = offsetof<Group>();

/** The visits of one query block of one matrix. */
@inline
export function visitsOf(p: Problem, batch: u32, head: u32, queryBlock: u32): Visits {
  const matrix = batch * p.maskBatch + head * p.maskHead;
  return changetype<Visits>(p.plan + 8 * ((matrix * queryBlocks(p) + queryBlock) as usize));
}

@inline
export function visitAt(p: Problem, visits: Visits, index: u32): Visit {
  return changetype<Visit>(p.plan + 4 * ((visits.first + 3 * index) as usize));
}

/** True if the keys of a visit are listed one by one, as they may be for a block of one query. */
@inline
export function isListed(visit: Visit): bool {
  return (visit.start as i32) < 0;
}

/** A key of a visit that lists them. */
@inline
export function listedKey(p: Problem, visit: Visit, index: u32): u32 {
  return load<u32>(p.plan + 4 * ((~visit.start + index) as usize));
}

/** Bits of the keys that there are. */
@inline
export function everyKey(count: u32): u64 {
  return count == VISIT_KEYS ? ~(0 as u64) : ((1 as u64) << count) - 1;
}

/** The bits of one query of the block. */
@inline
export function bitsOf(p: Problem, visit: Visit, query: u32, every: u64): u64 {
  return visit.bits ? load<u64>(p.plan + 4 * (visit.bits as usize) + 8 * (query as usize)) : every;
}

/** The bits that any of some queries of the block has. */
export function commonBits(p: Problem, visit: Visit, query: u32, rows: u32, every: u64): u64 {
  if (!visit.bits) return every;
  let bits: u64 = 0;
  for (let row: u32 = 0; row < rows; row++) bits |= bitsOf(p, visit, query + row, every);
  return bits;
}

/** The first of some queries of the block that sees any of the wanted keys, and (in the upper half) the one after the last. */
export function queriesThatSee(p: Problem, visit: Visit, rows: u32, wanted: u64): u32 {
  let from: u32 = 0, to = rows;
  if (!visit.bits) return to << 16;
  while (from < to && !(bitsOf(p, visit, from, 0) & wanted)) from++;
  while (to > from && !(bitsOf(p, visit, to - 1, 0) & wanted)) to--;
  return from | (to << 16);
}

/** Masks of 4 lanes by 4 bits. */
const LANES = memory.data<i32>([
  0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, -1, -1, 0, 0, 0, 0, -1, 0, -1, 0, -1, 0, 0, -1, -1, 0, -1, -1, -1, 0,
  0, 0, 0, -1, -1, 0, 0, -1, 0, -1, 0, -1, -1, -1, 0, -1, 0, 0, -1, -1, -1, 0, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1,
]);

/** Which of keys `at` to `at + 3` are seen; `at` is a multiple of 4. */
@inline
export function visibleLanes(bits: u64, at: u32): v128 {
  return v128.load(LANES + ((((bits >> at) as u32) & 15) << 4));
}
