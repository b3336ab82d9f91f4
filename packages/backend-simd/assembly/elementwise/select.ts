/** `y[i] = condition[i] ? a[i·aStep] : b[i·bStep]` over 4-byte elements; a step is 0 or 1. Range: elements. */
export function select(
  condition: usize, a: usize, aStep: u32, b: usize, bStep: u32, y: usize, start: u32, end: u32,
): void {
  if (start >= end) return;
  condition += start;
  a += 4 * start * aStep;
  b += 4 * start * bStep;
  let to = y + 4 * (start as usize);
  const stop = y + 4 * (end as usize);
  const x = v128.load_splat<u32>(a);
  const z = v128.load_splat<u32>(b);
  for (; to + 16 <= stop; to += 16, condition += 4, a += 16 * aStep, b += 16 * bStep) {
    const bytes = v128.load_zero<u32>(condition);
    const mask = i32x4.ne(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)), i32x4.splat(0));
    v128.store(to, v128.bitselect(aStep ? v128.load(a) : x, bStep ? v128.load(b) : z, mask));
  }
  for (; to < stop; to += 4, condition++, a += 4 * aStep, b += 4 * bStep) {
    store<u32>(to, load<u8>(condition) ? load<u32>(a) : load<u32>(b));
  }
}
