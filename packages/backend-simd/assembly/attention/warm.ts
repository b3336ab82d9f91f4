/**
 * Reads memory ahead of its use, one word a line, with nothing that waits for the words: where heads lie side by side,
 * a head's rows are strips that the processor does not fetch ahead by itself, and tiles wait for one strip after another.
 */
import { Cursor } from "./cursor";

const LINE: usize = 64;
/** Of a batch row of one tensor; with more, what is read first is gone from the caches before it is used. */
const MOST_BYTES: usize = 65536;

/** `to` takes what would else be dropped, and the reads with it. */
@inline
function warm(from: usize, bytes: usize, to: usize): void {
  let words: u32 = 0;
  const end = from + bytes;
  for (; from < end; from += LINE) words |= load<u32>(from);
  store<u32>(to, words);
}

/** All heads of one row of the batch in a tensor that lies as the keys do, if they are small. */
@inline
export function warmKeys(c: Cursor, tensor: usize, batch: u32): void {
  if (c.keyBatch <= MOST_BYTES) warm(tensor + batch * c.keyBatch, c.keyBatch, c.tile);
}

/** As `warmKeys`, of a tensor that lies as the queries do. */
@inline
export function warmQueries(c: Cursor, tensor: usize, batch: u32): void {
  if (c.queryBatch <= MOST_BYTES) warm(tensor + batch * c.queryBatch, c.queryBatch, c.tile);
}

/** `count` keys or values of one head, where its batch row is not small; `row` is the first of them. */
export function warmVisit(c: Cursor, row: usize, count: u32): void {
  if (c.keyBatch > MOST_BYTES) warmRows(c, row, c.keyRow, count);
}

/** `count` rows of one head from `row` on, `step` bytes from one to the next. Spoils the first word of the tile. */
export function warmRows(c: Cursor, row: usize, step: usize, count: u32): void {
  for (; count; count--, row += step) warm(row, 4 * c.width, c.tile);
}
