import { TILE_COLUMNS } from "../gemm/tile";

/**
 * The numbers of one call of attention, written by the backend into the shared memory: every thread reads the same.
 *
 * The backend's side, `AttentionProblem`, is generated from these fields, of 4 bytes each. Addresses and steps are in bytes, sizes in elements.
 */
@unmanaged
export class Problem {
  query: usize; key: usize; value: usize; output: usize; logSumExp: usize; plan: usize;

  heads: u32; groups: u32; queries: u32; keys: u32; width: u32;
  /** Queries in a block. */
  blockQueries: u32;

  queryBatch: usize; queryHead: usize; queryRow: usize;
  keyBatch: usize; keyHead: usize; keyRow: usize;

  /** Matrices of the plan from one batch row, and from one head, to the next: 0 where the mask is the same. */
  maskBatch: u32; maskHead: u32;
  scale: f32;

  /** 0 for none, 1 for dense values, 2 for values by distance. */
  biasKind: u32;
  bias: usize; biasBatch: usize; biasHead: usize;
  queryPositions: usize; queryPositionsBatch: usize; keyPositions: usize; keyPositionsBatch: usize;
  /** The least distance, key position − query position, that has a value. */
  leastDistance: i32; distances: u32;

  dropping: u32; dropoutSeed: i32; dropoutThreshold: u32; dropoutScale: f32;

  dOutput: usize; dQuery: usize; dKey: usize; dValue: usize; dBias: usize;
  /** Parts that the query blocks are dealt to; each sums gradients of keys and values of its own. */
  parts: u32;
  /** From the gradients of keys and values of one part to those of the next. */
  partStep: usize;

  /** 0 if tiles are multiplied here; 1 if a library multiplies those of groups of visits; 2 if it has their exponentials too. */
  library: u32;
}

/** The value of `Problem.library` of a library that has functions of each element. */
export const WITH_FUNCTIONS: u32 = 2;

export const DENSE_BIAS: u32 = 1;
export const DISTANCE_BIAS: u32 = 2;

/** Keys that are looked at together: the bits of a word. */
export const VISIT_KEYS: u32 = 64;
/** From one query's row of a tile of weights to the next. */
export const TILE_STEP: usize = 4 * VISIT_KEYS;

@inline
export function roundUp(value: u32, to: u32): u32 {
  return ((value + to - 1) / to) * to;
}

@inline
export function queryBlocks(p: Problem): u32 {
  return (p.queries + p.blockQueries - 1) / p.blockQueries;
}

/** A block of at most so many queries reads a visit's rows a few times only. */
const FEW_QUERIES: u32 = 24;
/** Rows that are further apart, in bytes, share too few sets of the first cache to stay in it for many queries. */
const FAR: usize = 1536;

/** True if rows of the head width are read and written where they lie, and not packed: they are whole panels. */
@inline
export function isDirect(p: Problem): bool {
  return p.width % TILE_COLUMNS == 0 && (p.blockQueries <= FEW_QUERIES || max(p.keyRow, p.queryRow) <= FAR);
}
