/** One thread's own memory: tiles and packed panels of one query block and one visit. */
import { TILE_COLUMNS, TILE_ROWS } from "../gemm/tile";
import { GROUP_BYTES, GROUP_STEP } from "./group";
import { Problem, roundUp, VISIT_KEYS } from "./problem";

/** Tiles are read up to 2 floats past their end, and stored rows up to a vector. */
const SLACK: usize = 64;

@inline
export function paddedWidth(width: u32): u32 {
  return roundUp(width, TILE_COLUMNS);
}

/** Of a group of visits, or of one. */
@inline
function tileBytes(blockQueries: u32): usize {
  return roundUp(blockQueries, TILE_ROWS) * GROUP_STEP + SLACK;
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

/** Bytes of scratch that one running `attentionForward` needs. */
export function attentionForwardScratchBytes(width: u32, blockQueries: u32): u32 {
  return tileBytes(blockQueries) + 2 * keyPanelBytes(width) + queryPanelBytes(width, blockQueries) + 2 * statisticsBytes(blockQueries)
    + GROUP_BYTES;
}

/** Bytes of scratch that one running `attentionBackward` needs. */
export function attentionBackwardScratchBytes(width: u32, blockQueries: u32): u32 {
  return 2 * tileBytes(blockQueries) + 3 * keyPanelBytes(width) + 3 * queryPanelBytes(width, blockQueries)
    + statisticsBytes(blockQueries) + tileBytes(TILE_ROWS) + GROUP_BYTES;
}

/** Where the parts of a forward pass's scratch begin. */
export class ForwardScratch {
  private constructor() {}
  @inline static tile(scratch: usize): usize { return scratch; }
  @inline static keys(p: Problem, scratch: usize): usize { return scratch + tileBytes(p.blockQueries); }
  @inline static values(p: Problem, scratch: usize): usize { return ForwardScratch.keys(p, scratch) + keyPanelBytes(p.width); }
  @inline static output(p: Problem, scratch: usize): usize { return ForwardScratch.values(p, scratch) + keyPanelBytes(p.width); }
  @inline static maximum(p: Problem, scratch: usize): usize {
    return ForwardScratch.output(p, scratch) + queryPanelBytes(p.width, p.blockQueries);
  }
  @inline static sum(p: Problem, scratch: usize): usize {
    return ForwardScratch.maximum(p, scratch) + statisticsBytes(p.blockQueries);
  }
  @inline static group(p: Problem, scratch: usize): usize { return ForwardScratch.sum(p, scratch) + statisticsBytes(p.blockQueries); }
}

/** Where the parts of a backward pass's scratch begin. */
export class BackwardScratch {
  private constructor() {}
  @inline static weights(scratch: usize): usize { return scratch; }
  @inline static gradients(p: Problem, scratch: usize): usize { return scratch + tileBytes(p.blockQueries); }
  @inline static spare(p: Problem, scratch: usize): usize { return scratch + 2 * tileBytes(p.blockQueries); }
  @inline static correction(p: Problem, scratch: usize): usize { return BackwardScratch.spare(p, scratch) + tileBytes(TILE_ROWS); }
  @inline static keyColumns(p: Problem, scratch: usize): usize {
    return BackwardScratch.correction(p, scratch) + statisticsBytes(p.blockQueries);
  }
  @inline static valueColumns(p: Problem, scratch: usize): usize {
    return BackwardScratch.keyColumns(p, scratch) + keyPanelBytes(p.width);
  }
  @inline static keyRows(p: Problem, scratch: usize): usize {
    return BackwardScratch.valueColumns(p, scratch) + keyPanelBytes(p.width);
  }
  @inline static queryRows(p: Problem, scratch: usize): usize {
    return BackwardScratch.keyRows(p, scratch) + keyPanelBytes(p.width);
  }
  @inline static outputGradientRows(p: Problem, scratch: usize): usize {
    return BackwardScratch.queryRows(p, scratch) + queryPanelBytes(p.width, p.blockQueries);
  }
  @inline static dQuery(p: Problem, scratch: usize): usize {
    return BackwardScratch.outputGradientRows(p, scratch) + queryPanelBytes(p.width, p.blockQueries);
  }
  @inline static group(p: Problem, scratch: usize): usize {
    return BackwardScratch.dQuery(p, scratch) + queryPanelBytes(p.width, p.blockQueries);
  }
}
