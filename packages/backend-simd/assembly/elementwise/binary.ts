import { loadPart, storePart } from "../lanes";

/** The operation of a code of `src/wasm/codes.ts`; a constant code leaves one branch of it after inlining. */
@inline
function apply(code: u32, a: v128, b: v128): v128 {
  if (code == 0) return f32x4.add(a, b);
  if (code == 1) return f32x4.sub(a, b);
  if (code == 2) return f32x4.mul(a, b);
  if (code == 3) return f32x4.div(a, b);
  if (code == 4) return f32x4.max(a, b);
  if (code == 5) return f32x4.min(a, b);
  return f32x4.mul(f32x4.sub(a, b), f32x4.sub(a, b));
}

/** One row; `isSplat` says which operand is one value for the whole row. */
@inline
function runRow(code: u32, a: usize, isSplatA: bool, b: usize, isSplatB: bool, y: usize, count: u32): void {
  const one = f32x4.splat(1);
  const x = v128.load_splat<f32>(a);
  const z = v128.load_splat<f32>(b);
  const end = y + 4 * ((count & ~3) as usize);
  for (; y < end; y += 16) {
    v128.store(y, apply(code, isSplatA ? x : v128.load(a), isSplatB ? z : v128.load(b)));
    if (!isSplatA) a += 16;
    if (!isSplatB) b += 16;
  }
  const rest = count & 3;
  if (!rest) return;
  const left = isSplatA ? x : loadPart(a, rest, one);
  storePart(y, rest, apply(code, left, isSplatB ? z : loadPart(b, rest, one)));
}

@inline
function run(
  code: u32, a: usize, aRow: u32, aColumn: u32, b: usize, bRow: u32, bColumn: u32, y: usize,
  columns: u32, start: u32, end: u32,
): void {
  let row = start / columns;
  let column = start - row * columns;
  for (; start < end; row++) {
    const count = min(columns - column, end - start);
    const left = a + 4 * (row * aRow + column * aColumn);
    const right = b + 4 * (row * bRow + column * bColumn);
    const to = y + 4 * (start as usize);
    if (aColumn) {
      if (bColumn) runRow(code, left, false, right, false, to, count);
      else runRow(code, left, false, right, true, to, count);
    } else if (bColumn) runRow(code, left, true, right, false, to, count);
    else runRow(code, left, true, right, true, to, count);
    start += count;
    column = 0;
  }
}

/**
 * `y[r, j] = a[r·aRow + j·aColumn] ∘ b[r·bRow + j·bColumn]`, float32; `code` from `binaryCodes`.
 *
 * Steps are in elements; a column step is 0 or 1. Same shape: one row with both column steps 1. A scalar: both
 * steps 0. `[R, M] ∘ [M]`: row step 0. `[R, M] ∘ [R, 1]`: row step 1 and column step 0. The walk over rows is written out
 * in each family: shared, with the operation chosen for each row, short rows took a third longer.
 *
 * @param columns - `M`, at least 1. @param start - element of `y`.
 */
export function binary(
  code: u32, a: usize, aRow: u32, aColumn: u32, b: usize, bRow: u32, bColumn: u32, y: usize,
  columns: u32, start: u32, end: u32,
): void {
  switch (code) {
    case 0: return run(0, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    case 1: return run(1, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    case 2: return run(2, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    case 3: return run(3, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    case 4: return run(4, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    case 5: return run(5, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    case 6: return run(6, a, aRow, aColumn, b, bRow, bColumn, y, columns, start, end);
    default: unreachable();
  }
}
