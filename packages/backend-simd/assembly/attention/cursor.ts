/** One thread's place in the work, and its own memory: tiles and packed panels of one query block and one visit. */
import { TILE_COLUMNS, TILE_ROWS } from "../gemm/tile";
import { isDirect, Problem, roundUp, TILE_STEP, VISIT_KEYS } from "./problem";
import { bitsOf, commonBits, everyKey, GROUP_BYTES, GROUP_KEYS, Visit, visitAt, Visits, visitsOf } from "./visit";

/** The problem, the query block and the visit at hand, and addresses of the thread's memory, which follows. */
@unmanaged
export class Cursor extends Problem {
  batch: u32; head: u32; part: u32;
  /** First query of the block, and number of queries in it. */
  first: u32; rows: u32;
  /** Index of the first query in `[B, H, Q]`. */
  queryIndex: u32;
  /** Where the block begins in each tensor that lies as the queries do, and the head in those that lie as the keys do. */
  queryAt: usize; keyHeadAt: usize;
  visits: Visits; visit: Visit;
  /** Where the visit begins in each tensor that lies as the keys do. */
  keyAt: usize;
  /** Keys of the visit between which every key lies that the queries at hand see; the first is a multiple of 4. */
  fromKey: u32; toKey: u32;

  /** Products of queries and keys, then weights; their gradients; a tile's worth of memory; visits of a group. */
  tile: usize; gradients: usize; spare: usize; group: usize;
  /** Keys or values that a visit lists, side by side. */
  listed: usize;
  /** Packed panels: columns of keys and of values, and rows that weights or their gradients multiply. */
  keyColumns: usize; valueColumns: usize; keyRows: usize; queryRows: usize; outputGradientRows: usize;
  /** Statistics of each query: the running maximum and sum, and Σ gradient of the output · output. */
  maximum: usize; sum: usize; correction: usize;
  /** Rows that the visits of a block add up to. */
  sums: usize;
  /** Where those rows are written, and from one to the next. */
  target: usize; targetRow: usize;

  /** Where a library multiplies: queries times the scale (`scale` is 1 then), gradients of outputs, a group's keys and values. */
  queryPanel: usize; outputGradientPanel: usize; keyPanel: usize; valuePanel: usize;
  /** From one row of a panel to the next. */
  panelRow: usize;
  /**
   * Where a library has functions, of each query: what its logits are lessened by before their exponentials are taken, and in the
   * backward pass what these are multiplied by.
   */
  relative: usize;
  /** True if tiles hold exponentials where logits were. */
  areExponentials: bool;
  /** The scale of the problem. */
  factor: f32;

  /** True if the visit adds to what earlier ones of the block found. */
  later: bool;
  /** True if the block adds to the gradients of keys and values. */
  adds: bool;
  /** True if the block has one visit only, so that its products can be written where results belong. */
  alone: bool;
}

const CURSOR_BYTES: usize = (offsetof<Cursor>() + 63) & ~63;
/** Tiles are read up to 2 floats past their end, and stored rows up to a vector. */
const SLACK: usize = 64;
/** Exponentials of a group's tile are computed in multiples of it: a library prepares few lengths. */
export const FUNCTION_RUN: u32 = 1024;

@inline
export function paddedWidth(width: u32): u32 {
  return roundUp(width, TILE_COLUMNS);
}

/** Bytes of the tile of one visit. */
@inline
function tileBytes(blockQueries: u32): usize {
  return roundUp(blockQueries, TILE_ROWS) * TILE_STEP + SLACK;
}

/** Bytes of the tile of a group of visits, of which a library computes exponentials in runs of `FUNCTION_RUN`. */
@inline
function groupTileBytes(blockQueries: u32): usize {
  return 4 * (blockQueries * GROUP_KEYS + FUNCTION_RUN);
}

/** Bytes of rows that a library multiplies: apart by no power of two, so that they share the sets of the first cache. */
@inline
function panelBytes(width: u32, rows: u32): usize {
  return rows * panelRowOf(width);
}

@inline
function panelRowOf(width: u32): usize {
  return 4 * (roundUp(width, TILE_COLUMNS) + TILE_COLUMNS);
}

/** Panels over the width, of as many steps as a visit has keys: or panels over the keys, of as many steps as the width. */
@inline
function keyPanelBytes(width: u32): usize {
  return 4 * VISIT_KEYS * paddedWidth(width) + SLACK;
}

/** Panels over the width, of as many steps as a block has queries: or its rows, padded. */
@inline
function queryPanelBytes(width: u32, blockQueries: u32): usize {
  return 4 * roundUp(blockQueries, TILE_ROWS) * paddedWidth(width) + SLACK;
}

@inline
function statisticsBytes(blockQueries: u32): usize {
  return 4 * roundUp(blockQueries, TILE_ROWS) + SLACK;
}

/** Bytes of scratch that one running `attentionForward` needs, for heads of that width and that many queries in a block. */
export function attentionForwardScratchBytes(width: u32, blockQueries: u32, library: bool): u32 {
  if (library) return CURSOR_BYTES + groupTileBytes(blockQueries) + panelBytes(width, 2 * GROUP_KEYS + 2 * blockQueries)
    + 3 * statisticsBytes(blockQueries) + GROUP_BYTES + SLACK;
  return CURSOR_BYTES + tileBytes(blockQueries) + 3 * keyPanelBytes(width) + queryPanelBytes(width, blockQueries)
    + 2 * statisticsBytes(blockQueries) + GROUP_BYTES;
}

/** Bytes of scratch that one running `attentionBackward` needs. */
export function attentionBackwardScratchBytes(width: u32, blockQueries: u32, library: bool): u32 {
  if (library) return CURSOR_BYTES + 2 * groupTileBytes(blockQueries)
    + panelBytes(width, 2 * GROUP_KEYS + 3 * blockQueries) + 3 * statisticsBytes(blockQueries) + GROUP_BYTES + SLACK;
  return CURSOR_BYTES + 2 * tileBytes(blockQueries) + 3 * keyPanelBytes(width) + 3 * queryPanelBytes(width, blockQueries)
    + statisticsBytes(blockQueries) + tileBytes(TILE_ROWS) + GROUP_BYTES;
}

function open(problem: usize, scratch: usize): Cursor {
  memory.copy(scratch, problem, offsetof<Problem>());
  const c = changetype<Cursor>(scratch);
  c.tile = scratch + CURSOR_BYTES;
  c.areExponentials = false;
  return c;
}

/** Lays out what both passes by a library have from an address on; returns where it ends. */
function openPanels(c: Cursor, at: usize): usize {
  c.panelRow = panelRowOf(c.width);
  c.factor = c.scale;
  c.scale = 1;
  const queryBytes = c.panelRow * c.blockQueries;
  c.keyPanel = at;
  c.valuePanel = c.keyPanel + c.panelRow * GROUP_KEYS;
  c.queryPanel = c.valuePanel + c.panelRow * GROUP_KEYS;
  c.sums = c.queryPanel + queryBytes;
  c.maximum = c.sums + queryBytes;
  c.sum = c.maximum + statisticsBytes(c.blockQueries);
  c.relative = c.sum + statisticsBytes(c.blockQueries);
  c.group = c.relative + statisticsBytes(c.blockQueries);
  return (c.group + GROUP_BYTES + 63) & ~63;
}

/** Lays out the scratch memory of a forward pass. */
export function openForward(problem: usize, scratch: usize): Cursor {
  const c = open(problem, scratch);
  if (c.library) {
    openPanels(c, c.tile + groupTileBytes(c.blockQueries));
    return c;
  }
  c.keyColumns = c.tile + tileBytes(c.blockQueries);
  c.keyRows = c.keyColumns + keyPanelBytes(c.width);
  c.listed = c.keyRows + keyPanelBytes(c.width);
  c.sums = c.listed + keyPanelBytes(c.width);
  c.maximum = c.sums + queryPanelBytes(c.width, c.blockQueries);
  c.sum = c.maximum + statisticsBytes(c.blockQueries);
  c.group = c.sum + statisticsBytes(c.blockQueries);
  return c;
}

/** Lays out the scratch memory of a backward pass. */
export function openBackward(problem: usize, scratch: usize): Cursor {
  const c = open(problem, scratch);
  if (c.library) {
    c.gradients = c.tile + groupTileBytes(c.blockQueries);
    c.outputGradientPanel = openPanels(c, c.gradients + groupTileBytes(c.blockQueries));
    c.correction = c.sum;
    return c;
  }
  c.gradients = c.tile + tileBytes(c.blockQueries);
  c.spare = c.gradients + tileBytes(c.blockQueries);
  c.correction = c.spare + tileBytes(TILE_ROWS);
  c.keyColumns = c.correction + statisticsBytes(c.blockQueries);
  c.valueColumns = c.keyColumns + keyPanelBytes(c.width);
  c.keyRows = c.valueColumns + keyPanelBytes(c.width);
  c.queryRows = c.keyRows + keyPanelBytes(c.width);
  c.outputGradientRows = c.queryRows + queryPanelBytes(c.width, c.blockQueries);
  c.sums = c.outputGradientRows + queryPanelBytes(c.width, c.blockQueries);
  c.group = c.sums + queryPanelBytes(c.width, c.blockQueries);
  return c;
}

/** Moves to a query block, whose results belong in a tensor that lies as the queries do. */
export function moveToBlock(c: Cursor, batch: u32, head: u32, block: u32, results: usize): void {
  c.batch = batch;
  c.head = head;
  c.first = block * c.blockQueries;
  c.rows = min(c.blockQueries, c.queries - c.first);
  c.queryIndex = (batch * c.heads + head) * c.queries + c.first;
  c.queryAt = batch * c.queryBatch + head * c.queryHead + c.first * c.queryRow;
  c.keyHeadAt = batch * c.keyBatch + (head / (c.heads / c.groups)) * c.keyHead;
  c.visits = visitsOf(c, batch, head, block);
  c.alone = c.visits.count == 1 && isDirect(c) && !c.library;
  c.target = c.alone ? results + c.queryAt : c.sums;
  c.targetRow = c.library ? c.panelRow : c.alone ? c.queryRow : 4 * (paddedWidth(c.width) as usize);
}

/** Moves to a visit of the block. */
export function moveToVisit(c: Cursor, index: u32): void {
  c.visit = visitAt(c, c.visits, index);
  c.keyAt = c.keyHeadAt + c.visit.start * c.keyRow;
  c.later = index > 0;
}

/** Moves to the keys of the visit that some of the queries see; returns whether there are any. */
export function moveToKeys(c: Cursor, row: u32, rows: u32): bool {
  const common = commonBits(c, c.visit, row, rows, everyKey(c.visit.count));
  c.fromKey = (ctz(common) as u32) & ~3;
  c.toKey = 64 - (clz(common) as u32);
  return common != 0;
}

/** The keys of the visit that a query of the block sees. */
@inline
export function bitsAt(c: Cursor, row: u32): u64 {
  return bitsOf(c, c.visit, row, everyKey(c.visit.count));
}
