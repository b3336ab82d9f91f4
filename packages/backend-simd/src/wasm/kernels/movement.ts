import type { Pointer } from "../pointer.ts";

/** Kernels that move elements or rows. */
export interface MovementKernels {
  /**
   * `y[r] = table[indices[r]]`: rows of `columns` 4-byte elements of a table of `tableRows` rows. Range: rows.
   *
   * @returns the first position in the range whose index lies outside the table (its row is left unwritten), else −1.
   */
  gatherRows(
    table: Pointer,
    indices: Pointer,
    y: Pointer,
    tableRows: number,
    columns: number,
    start: number,
    end: number,
  ): number;

  /**
   * `y[s] = Σ x[r] over rows with segments[r] = s`, `x [rows, columns]`, int32 segments `[rows]`, `y [S, columns]`;
   * a segment without rows is 0, rows of other segments are skipped. Range: segments.
   */
  segmentSum(
    x: Pointer,
    segments: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[i·y0 + j·y1 + k·y2 + l·y3] = x[i·x0 + j·x1 + k·x2 + l·x3]` over `[d0, d1, d2, d3]`: transposes, slices, tiles,
   * broadcasts and concatenations, with offsets added to the pointers. Steps in elements (as int32; x steps may be
   * negative or 0), 4-byte elements. Range: rows, counted over `d0·d1·d2`.
   */
  copyStrided(
    x: Pointer,
    x0: number,
    x1: number,
    x2: number,
    x3: number,
    y: Pointer,
    y0: number,
    y1: number,
    y2: number,
    y3: number,
    d1: number,
    d2: number,
    d3: number,
    start: number,
    end: number,
  ): void;

  /** As `copyStrided`, of 1-byte elements. */
  copyStridedBytes(
    x: Pointer,
    x0: number,
    x1: number,
    x2: number,
    x3: number,
    y: Pointer,
    y0: number,
    y1: number,
    y2: number,
    y3: number,
    d1: number,
    d2: number,
    d3: number,
    start: number,
    end: number,
  ): void;
}
