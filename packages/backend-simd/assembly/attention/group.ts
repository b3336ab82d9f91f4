/**
 * Visits of adjacent keys, whose tiles a library multiplies at once: the wider, the nearer it comes to its peak. Only the
 * queries from the first to the last one that see any of the keys take part.
 */
import { Cursor } from "./cursor";
import { Problem, roundUp, VISIT_KEYS } from "./problem";
import { clear } from "./rows";
import { bitsOf, everyKey, queriesThatSee, Visit, visitAt } from "./visit";

/** Most keys of a group: its tiles stay in the second cache. */
export const GROUP_KEYS: u32 = 384;
/** Visits of the shortest run that is cut in two have half the keys; the last one of a run may have any number. */
const MOST_VISITS: u32 = 2 * GROUP_KEYS / VISIT_KEYS;
/** Most hidden pairs that are multiplied so that visits of other queries are joined: more would take longer than two groups. */
const MOST_SPARE_PAIRS: u32 = 4096;

@unmanaged
export class Group {
  start: u32;
  keys: u32;
  /** From one query's row of the group's tiles to the next; they begin with query `from`. */
  step: usize;
  visits: u32;
  /** Visits once those that every query sees are joined; they follow. */
  runs: u32;
  /** The first query of the block that sees any of the keys, and the one after the last. */
  from: u32;
  to: u32;
}

const HEAD_BYTES: usize = offsetof<Group>();
const VISIT_BYTES: usize = 12;
export const GROUP_BYTES: usize = HEAD_BYTES + MOST_VISITS * VISIT_BYTES;

/** A visit of the group, or some that every query sees. */
@inline
export function runAt(group: Group, index: u32): Visit {
  return changetype<Visit>(changetype<usize>(group) + HEAD_BYTES + VISIT_BYTES * index);
}

/** Whether every query sees every key, in whole vectors. */
@inline
export function isWhole(run: Visit): bool {
  return !run.bits && !(run.count & 3);
}

/** What a query sees of a run that is not whole. */
@inline
export function seenBits(p: Problem, run: Visit, query: u32): u64 {
  return run.bits ? bitsOf(p, run, query, 0) : everyKey(run.count);
}

/** The first key that is seen, in whole vectors. */
@inline
export function firstOf(bits: u64): u32 {
  return (ctz(bits) as u32) & ~3;
}

/** The key after the last one that is seen, in whole vectors. */
@inline
export function lastOf(bits: u64): u32 {
  return roundUp(64 - (clz(bits) as u32), 4);
}

/** Where the keys of a run begin in a row of the group's tile. */
@inline
export function columnOf(group: Group, run: Visit): usize {
  return 4 * ((run.start - group.start) as usize);
}

/** The group that begins with a visit of the block. */
export function readGroup(c: Cursor, index: u32): Group {
  const group = changetype<Group>(c.group);
  group.start = visitAt(c, c.visits, index).start;
  group.keys = 0;
  group.visits = 0;
  group.runs = 0;
  group.from = c.rows;
  group.to = 0;
  let pairs: u32 = 0;
  for (; index < c.visits.count && group.visits < MOST_VISITS; index++) {
    const visit = visitAt(c, c.visits, index);
    // A row of what follows has to begin with a vector.
    if (visit.start != group.start + group.keys || (group.keys & 3) || group.keys + visit.count > GROUP_KEYS) break;
    const seenBy = queriesThatSee(c, visit, c.rows, ~(0 as u64));
    const from = min(group.from, seenBy & 0xffff), to = max(group.to, seenBy >> 16);
    pairs += visit.count * ((seenBy >> 16) - (seenBy & 0xffff));
    if (group.visits && (group.keys + visit.count) * (to - from) > pairs + MOST_SPARE_PAIRS) break;
    addRun(group, visit);
    group.keys += visit.count;
    group.visits++;
    group.from = from;
    group.to = to;
  }
  group.step = 4 * roundUp(group.keys, 4);
  return group;
}

/** Clears the rows that a block's visits add up to unless its first group writes each; returns whether it adds to them. */
export function clearRows(c: Cursor, first: Group, to: usize, row: usize): bool {
  if (!first.from && first.to == c.rows) return false;
  for (let i: u32 = 0; i < c.rows; i++, to += row) clear(to, c.width);
  return true;
}

function addRun(group: Group, visit: Visit): void {
  if (group.runs && isWhole(visit)) {
    const last = runAt(group, group.runs - 1);
    if (isWhole(last)) {
      last.count += visit.count;
      return;
    }
  }
  const run = runAt(group, group.runs++);
  run.start = visit.start;
  run.count = visit.count;
  run.bits = visit.bits;
}
