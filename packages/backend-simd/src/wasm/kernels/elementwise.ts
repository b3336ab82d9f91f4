import type { Pointer } from "../pointer.ts";

/** Kernels of one element at a time. */
export interface ElementwiseKernels {
  /**
   * `y[r, j] = a[r·aRow + j·aColumn] ∘ b[r·bRow + j·bColumn]`, float32; `code` from `binaryCodes`.
   *
   * Steps are in elements; a column step is 0 or 1. Same shape: one row with both column steps 1. A scalar: both
   * steps 0. `[R, M] ∘ [M]`: row step 0. `[R, M] ∘ [R, 1]`: row step 1 and column step 0.
   *
   * @param columns - `M`, at least 1. @param start - element of `y`.
   */
  binary(
    code: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    y: Pointer,
    columns: number,
    start: number,
    end: number,
  ): void;

  /** As `binary`, of float32 to bool; `code` from `compareCodes`. */
  compare(
    code: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    y: Pointer,
    columns: number,
    start: number,
    end: number,
  ): void;

  /** As `binary`, of bools to bool; `code` from `logicalCodes`. */
  logical(
    code: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    y: Pointer,
    columns: number,
    start: number,
    end: number,
  ): void;

  /** `y[i] = 1 − x[i]` over bools. Range: elements. */
  logicalNot(x: Pointer, y: Pointer, start: number, end: number): void;

  /** `y[i] = f(x[i])`, float32; `code` from `unaryCodes`. Range: elements. */
  unary(code: number, x: Pointer, y: Pointer, start: number, end: number): void;

  /** `y[i] = min(max(x[i], low), high)`, float32; NaN stays NaN. Range: elements. */
  clip(x: Pointer, y: Pointer, low: number, high: number, start: number, end: number): void;

  /** `y[i] = condition[i] ? a[i·aStep] : b[i·bStep]` over 4-byte elements; a step is 0 or 1. Range: elements. */
  select(
    condition: Pointer,
    a: Pointer,
    aStep: number,
    b: Pointer,
    bStep: number,
    y: Pointer,
    start: number,
    end: number,
  ): void;

  /**
   * Converts element by element; `code` from `castCodes`. NaN becomes 0, and what int32 cannot hold its nearest end.
   * Range: elements.
   */
  cast(code: number, x: Pointer, y: Pointer, start: number, end: number): void;

  /** `y[i] = value`, float32. Range: elements. */
  fill(y: Pointer, value: number, start: number, end: number): void;

  /** `y[r, j] = j = indices[r] ? on : off`, float32 `[R, depth]` of int32 `[R]`. Range: rows. */
  oneHot(indices: Pointer, y: Pointer, depth: number, on: number, off: number, start: number, end: number): void;
}
