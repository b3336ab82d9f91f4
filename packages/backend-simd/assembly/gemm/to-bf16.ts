/** The upper halves of four floats, rounded to nearest even; NaN stays NaN. */
@inline
function rounded(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  const upper = i32x4.shr_u(i32x4.add(x, i32x4.add(odd, i32x4.splat(0x7fff))), 16);
  // Rounding could carry a NaN over into an infinity: it is made quiet instead.
  const quiet = v128.or(i32x4.shr_u(x, 16), i32x4.splat(0x40));
  return v128.bitselect(upper, quiet, f32x4.eq(x, x));
}

/** The bfloat16 nearest to each float32, ties to even; NaN stays NaN. Range: elements. */
export function toBf16(x: usize, y: usize, start: u32, end: u32): void {
  for (; start + 8 <= end; start += 8) {
    const low = rounded(v128.load(x + 4 * start));
    const high = rounded(v128.load(x + 4 * start, 16));
    v128.store(y + 2 * start, i16x8.narrow_i32x4_u(low, high));
  }
  for (; start < end; start++) {
    store<u16>(y + 2 * start, i32x4.extract_lane(rounded(v128.load32_zero(x + 4 * start)), 0) as u16);
  }
}
