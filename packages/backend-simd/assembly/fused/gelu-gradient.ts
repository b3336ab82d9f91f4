import { loadPart, storePart } from "../lanes";
import { geluSlope4, geluTanhSlope4 } from "../math/gelu";

@inline
function run(dy: usize, x: usize, dx: usize, approximate: bool, start: u32, end: u32): void {
  for (; start + 4 <= end; start += 4) {
    const at = 4 * (start as usize);
    const value = v128.load(x + at);
    v128.store(dx + at, f32x4.mul(v128.load(dy + at), approximate ? geluTanhSlope4(value) : geluSlope4(value)));
  }
  const rest = end - start;
  if (!rest) return;
  const at = 4 * (start as usize);
  const value = loadPart(x + at, rest, f32x4.splat(0));
  const slope = approximate ? geluTanhSlope4(value) : geluSlope4(value);
  storePart(dx + at, rest, f32x4.mul(loadPart(dy + at, rest, value), slope));
}

export function geluGradient(dy: usize, x: usize, dx: usize, approximate: bool, start: u32, end: u32): void {
  if (start >= end) return;
  if (approximate) run(dy, x, dx, true, start, end);
  else run(dy, x, dx, false, start, end);
}
