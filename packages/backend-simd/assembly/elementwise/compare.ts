@inline
function compare4(code: u32, a: v128, b: v128): v128 {
  if (code == 0) return f32x4.eq(a, b);
  if (code == 1) return f32x4.ne(a, b);
  if (code == 2) return f32x4.lt(a, b);
  if (code == 3) return f32x4.le(a, b);
  if (code == 4) return f32x4.gt(a, b);
  return f32x4.ge(a, b);
}

@inline
function runRow(code: u32, a: usize, aColumn: u32, b: usize, bColumn: u32, y: usize, count: u32): void {
  const x = v128.load_splat<f32>(a);
  const z = v128.load_splat<f32>(b);
  const end = y + count;
  for (; y + 4 <= end; y += 4) {
    const mask = compare4(code, aColumn ? v128.load(a) : x, bColumn ? v128.load(b) : z);
    const words = i16x8.narrow_i32x4_s(mask, mask);
    v128.store_lane<u32>(y, v128.and(i8x16.narrow_i16x8_s(words, words), i8x16.splat(1)), 0);
    a += 16 * aColumn;
    b += 16 * bColumn;
  }
  for (; y < end; y++, a += 4 * aColumn, b += 4 * bColumn) {
    const mask = compare4(code, v128.load32_zero(a), v128.load32_zero(b));
    store<u8>(y, i32x4.extract_lane(mask, 0) & 1);
  }
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
    runRow(code, left, aColumn, b + 4 * (row * bRow + column * bColumn), bColumn, y + start, count);
    start += count;
    column = 0;
  }
}

/** As `binary`, of float32 to bool; `code` from `compareCodes`. */
export function compare(
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
    default: unreachable();
  }
}
