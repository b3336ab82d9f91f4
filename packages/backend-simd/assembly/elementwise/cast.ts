import { loadPart, storePart } from "../lanes";

@inline
function floatToInt(x: usize, y: usize, start: u32, end: u32): void {
  for (; start + 4 <= end; start += 4) v128.store(y + 4 * start, i32x4.trunc_sat_f32x4_s(v128.load(x + 4 * start)));
  const rest = end - start;
  if (rest) storePart(y + 4 * start, rest, i32x4.trunc_sat_f32x4_s(loadPart(x + 4 * start, rest, f32x4.splat(0))));
}

/**
 * Converts element by element; `code` from `castCodes`. NaN becomes 0, and what int32 cannot hold its nearest end.
 * Range: elements.
 */
export function cast(code: u32, x: usize, y: usize, start: u32, end: u32): void {
  if (start >= end) return;
  switch (code) {
    case 0: return floatToInt(x, y, start, end);
    case 1: {
      for (; start < end; start++) store<f32>(y + 4 * start, load<i32>(x + 4 * start) as f32);
      return;
    }
    case 2: {
      for (; start < end; start++) store<f32>(y + 4 * start, load<u8>(x + start) ? 1 : 0);
      return;
    }
    case 3: {
      for (; start < end; start++) store<bool>(y + start, load<f32>(x + 4 * start) != 0);
      return;
    }
    case 4: {
      for (; start < end; start++) store<i32>(y + 4 * start, load<u8>(x + start) ? 1 : 0);
      return;
    }
    case 5: {
      for (; start < end; start++) store<bool>(y + start, load<i32>(x + 4 * start) != 0);
      return;
    }
    default: unreachable();
  }
}
