@inline
function apply(code: u32, a: v128, b: v128): v128 {
  return code == 0 ? v128.and(a, b) : v128.or(a, b);
}

/** As `binary`, of bools to bool; `code` from `logicalCodes`. */
export function logical(
  code: u32, a: usize, aRow: u32, aColumn: u32, b: usize, bRow: u32, bColumn: u32, y: usize,
  columns: u32, start: u32, end: u32,
): void {
  let row = start / columns;
  let column = start - row * columns;
  for (; start < end; row++) {
    const count = min(columns - column, end - start);
    let left: usize = a + row * aRow + column * aColumn;
    let right: usize = b + row * bRow + column * bColumn;
    let to = y + start;
    const stop = to + count;
    const x = v128.load_splat<u8>(left);
    const z = v128.load_splat<u8>(right);
    for (; to + 16 <= stop; to += 16, left += 16 * aColumn, right += 16 * bColumn) {
      v128.store(to, apply(code, aColumn ? v128.load(left) : x, bColumn ? v128.load(right) : z));
    }
    for (; to < stop; to++, left += aColumn, right += bColumn) {
      const a = load<u8>(left), b = load<u8>(right);
      store<u8>(to, code == 0 ? a & b : a | b);
    }
    start += count;
    column = 0;
  }
}
