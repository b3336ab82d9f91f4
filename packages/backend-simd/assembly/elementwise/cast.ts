import { loadPart, storePart } from "../lanes";

@inline
function floatToInt(x: usize, y: usize, start: u32, end: u32): void {
  for (; start + 4 <= end; start += 4) v128.store(y + 4 * start, i32x4.trunc_sat_f32x4_s(v128.load(x + 4 * start)));
  const rest = end - start;
  if (rest) storePart(y + 4 * start, rest, i32x4.trunc_sat_f32x4_s(loadPart(x + 4 * start, rest, f32x4.splat(0))));
}

@inline
function intToFloat(x: usize, y: usize, start: u32, end: u32): void {
  for (; start < end; start++) store<f32>(y + 4 * start, load<i32>(x + 4 * start) as f32);
}

/** To or from bool: 1 where an element is not 0, else 0. */
@inline
function truth<From, To>(x: usize, y: usize, start: u32, end: u32): void {
  const from = sizeof<From>() as u32, to = sizeof<To>() as u32;
  for (; start < end; start++) store<To>(y + to * start, (load<From>(x + from * start) != 0) as To);
}

/**
 * Converts element by element; `code` from `castCodes`. NaN becomes 0, and what int32 cannot hold its nearest end.
 * Range: elements.
 */
export function cast(code: u32, x: usize, y: usize, start: u32, end: u32): void {
  if (start >= end) return;
  switch (code) {
    case 0: return floatToInt(x, y, start, end);
    case 1: return intToFloat(x, y, start, end);
    case 2: return truth<u8, f32>(x, y, start, end);
    case 3: return truth<f32, u8>(x, y, start, end);
    case 4: return truth<u8, i32>(x, y, start, end);
    case 5: return truth<i32, u8>(x, y, start, end);
    default: unreachable();
  }
}
