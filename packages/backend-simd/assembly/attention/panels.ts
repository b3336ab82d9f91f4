/** Panels: the rows side by side that a library multiplies, and the tiles of groups whose exponentials it computes. */
import { libraryExponentials } from "../gemm/library-product";
import { Cursor, FUNCTION_RUN } from "./cursor";
import { Group } from "./visit";
import { roundUp } from "./problem";
import { copyScaled } from "./rows";

/** Exponentials of logits that are no further from 0, and their sums and products, stay far from the bounds of float32. */
const NEAR: f32 = 40;

/** Tells whether exponentials may be taken relative to 0 where they belong relative to `value`. */
@inline
export function isNear(value: f32): bool {
  return abs(value) <= NEAR;
}

/** Tells whether exponentials may stay relative to `before` where logits reach `most`. */
@inline
export function staysNear(most: f32, before: f32): bool {
  return most - before <= NEAR;
}

/** Copies the rows of a block from a tensor that lies as the queries do, times a factor. */
export function packQueries(c: Cursor, tensor: usize, panel: usize, by: f32): void {
  packRows(c, tensor + c.queryAt, c.queryRow, panel, c.rows, by);
}

/** Copies the keys and values of a group. */
export function packKeys(c: Cursor, group: Group): void {
  const at = c.keyHeadAt + group.start * c.keyRow;
  packRows(c, c.key + at, c.keyRow, c.keyPanel, group.keys, 1);
  packRows(c, c.value + at, c.keyRow, c.valuePanel, group.keys, 1);
}

@inline
function packRows(c: Cursor, from: usize, step: usize, to: usize, rows: u32, by: f32): void {
  for (; rows; rows--, from += step, to += c.panelRow) copyScaled(from, to, c.width, by);
}

/** Exponentials of a group's tile by the library, up to the end of a run: what lies behind the tile is nobody's. */
@inline
export function exponentials(c: Cursor, group: Group): void {
  const count = (group.to - group.from) * ((group.step / 4) as u32);
  libraryExponentials(roundUp(count, FUNCTION_RUN), c.tile, c.tile);
}
