/** `y[i] = value`, float32. Range: elements. */
export function fill(y: usize, value: f32, start: u32, end: u32): void {
  const whole = f32x4.splat(value);
  for (; start + 4 <= end; start += 4) v128.store(y + 4 * start, whole);
  for (; start < end; start++) store<f32>(y + 4 * start, value);
}

/** `y[r, j] = j = indices[r] ? on : off`, float32 `[R, depth]` of int32 `[R]`. Range: rows. */
export function oneHot(indices: usize, y: usize, depth: u32, on: f32, off: f32, start: u32, end: u32): void {
  for (; start < end; start++) {
    const row = y + 4 * start * depth;
    fill(row, off, 0, depth);
    const index = load<u32>(indices + 4 * start);
    if (index < depth) store<f32>(row + 4 * index, on);
  }
}
