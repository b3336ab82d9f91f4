import type { Pointer } from "../pointer.ts";

/** Kernels of whole rows. */
export interface RowsKernels {
  /**
   * Reduces the middle axis: `x [outer, middle, inner] → y [outer, inner]`, float32; `code` from `reduceCodes`.
   * A mean is the sum divided by `terms`. Range: elements of `y`. Reducing the last axes is `inner = 1`, the first axes
   * `outer = 1`.
   */
  reduce(
    code: number,
    x: Pointer,
    y: Pointer,
    middle: number,
    inner: number,
    terms: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[r]` = index of the first greatest element of row `r`, passing over NaN: `x [R, columns]` → int32 `[R]`,
   * `columns` at least 1. As in tfjs, 0 if the row starts with NaN. Range: rows.
   */
  argMax(x: Pointer, y: Pointer, columns: number, start: number, end: number): void;

  /** `y[r] = exp(x[r] − max) / Σ`, `[R, columns]`. Range: rows. */
  softmax(x: Pointer, y: Pointer, columns: number, start: number, end: number): void;

  /** `dx[r] = scale·p[r]·(dy[r] − Σ dy[r]·p[r])`, `[R, columns]`: of `softmax` (scale 1) and `maskedSoftmax`; 0 where p is. Range: rows. */
  softmaxGradient(
    dy: Pointer,
    p: Pointer,
    dx: Pointer,
    columns: number,
    scale: number,
    start: number,
    end: number,
  ): void;

  /**
   * Softmax over the visible keys of `scale·scores`, `[B, H, Q, K]`; a row with nothing visible is exactly 0.
   *
   * What a hidden score holds (NaN too) has no influence.
   *
   * @param visible - bool; its element is at `b·visibleBatch + h·visibleHead + q·K + k` (a step is 0 where it broadcasts).
   * @param start - row, counted over `B·H·Q`.
   */
  maskedSoftmax(
    scores: Pointer,
    visible: Pointer,
    y: Pointer,
    heads: number,
    queries: number,
    keys: number,
    visibleBatch: number,
    visibleHead: number,
    scale: number,
    start: number,
    end: number,
  ): void;

  /**
   * `sums[p] = Σ x[r]` over the rows of panel `p`, `x [matrices, rows, columns] → sums [matrices, ⌈rows/panel⌉, columns]`.
   * Unless `factor` is offset 0, of `x[r]·factor[r]`, which is kept in `y`. Range: panels of all matrices.
   */
  columnSums(
    x: Pointer,
    factor: Pointer,
    y: Pointer,
    sums: Pointer,
    rows: number,
    columns: number,
    panel: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[r] = (s[r] − mean)·inverse·gain + bias` over the last axis of `[R, columns]`, where `inverse = 1/√(variance + epsilon)`.
   * `s` is `x`, or `x + branch`, kept in `sum`, unless `branch` is offset 0. Without `mean` and `bias` (offsets 0): by
   * the root mean square. Range: rows.
   */
  norm(
    x: Pointer,
    branch: Pointer,
    gain: Pointer,
    bias: Pointer,
    sum: Pointer,
    y: Pointer,
    inverse: Pointer,
    mean: Pointer,
    columns: number,
    epsilon: number,
    start: number,
    end: number,
  ): void;

  /**
   * Gradients of `norm`: `dx`, with `dSum` added unless it is offset 0, and the sums of those to gain and bias over each
   * panel of rows, `[⌈rows/panel⌉, columns]`. Without `mean` and `dBias` (offsets 0): by the root mean square.
   * Range: panels.
   */
  normGradient(
    dy: Pointer,
    dSum: Pointer,
    x: Pointer,
    gain: Pointer,
    inverse: Pointer,
    mean: Pointer,
    dx: Pointer,
    dGain: Pointer,
    dBias: Pointer,
    rows: number,
    columns: number,
    panel: number,
    start: number,
    end: number,
  ): void;
}
