/**
 * Visits of adjacent keys, whose tiles a library multiplies at once: the wider, the nearer it comes to its peak. Only the
 * queries from the first to the last one that see any of the keys take part.
 */
import { Cursor } from "./cursor";
import { Problem, roundUp } from "./problem";
import { clear } from "./rows";
import { bitsOf, everyKey, Group, GROUP_KEYS, queriesThatSee, Visit, visitAt } from "./visit";

/** Most hidden pairs that are multiplied so that visits of other queries are joined: more would take longer than two groups. */
const MOST_SPARE_PAIRS: u32 = 4096;

/** A visit of the group. */
@inline
export function runAt(c: Cursor, group: Group, index: u32): Visit {
  return visitAt(c, c.visits, group.first + index);
}

/** The bits of the keys of a visit that a query sees. */
@inline
export function seenBits(p: Problem, run: Visit, query: u32): u64 {
  return bitsOf(p, run, query, everyKey(run.count));
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

/** Where the keys of a visit begin in a row of the group's tile. */
@inline
export function columnOf(group: Group, run: Visit): usize {
  return 4 * ((run.start - group.start) as usize);
}

/** The answer of `spanOf` for a query whose keys have gaps. */
export const SCATTERED: u32 = ~0;

/** The first of the group's keys that a query of the block sees, and (in the upper half) the one after the last, if it sees all between. */
export function spanOf(c: Cursor, group: Group, query: u32): u32 {
  if (!group.isMasked) return group.keys << 16;
  let from: u32 = 0, to: u32 = 0;
  for (let index: u32 = 0; index < group.visits; index++) {
    const run = runAt(c, group, index), bits = seenBits(c, run, query);
    if (!bits) continue;
    const low = ctz(bits) as u32, high = 64 - (clz(bits) as u32), start = run.start - group.start;
    if ((popcnt(bits) as u32) != high - low) return SCATTERED;
    if (!to) from = start + low;
    else if (to != start + low) return SCATTERED;
    to = start + high;
  }
  return from | (to << 16);
}

/** The group that begins with a visit of the block. */
export function readGroup(c: Cursor, index: u32): Group {
  const group = changetype<Group>(c.group);
  group.start = visitAt(c, c.visits, index).start;
  group.keys = 0;
  group.first = index;
  group.visits = 0;
  group.isMasked = false;
  group.from = c.rows;
  group.to = 0;
  let pairs: u32 = 0;
  for (; index < c.visits.count; index++) {
    const visit = visitAt(c, c.visits, index);
    // A row of what follows has to begin with a vector.
    if (visit.start != group.start + group.keys || (group.keys & 3) || group.keys + visit.count > GROUP_KEYS) break;
    const seenBy = queriesThatSee(c, visit, c.rows, ~(0 as u64));
    const from = min(group.from, seenBy & 0xffff), to = max(group.to, seenBy >> 16);
    pairs += visit.count * ((seenBy >> 16) - (seenBy & 0xffff));
    if (group.visits && (group.keys + visit.count) * (to - from) > pairs + MOST_SPARE_PAIRS) break;
    if (visit.bits) group.isMasked = true;
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
