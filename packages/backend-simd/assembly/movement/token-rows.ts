/** What happens to the heads of new tokens between their projections and attention. */

/**
 * `Y[r, h, j] = X[r, h, j]·cosine[r, j] + X[r, h, pair of j]·sine[r, j]` for the first `turning` channels of each head; the
 * others are copied. Pairs are `j` and `j ± turning / 2`, or `2i` and `2i + 1` if `interleaved`. Range: rows.
 *
 * @param x - `[R, heads, width]`. @param cosine - `[R, turning]`, as `sine`. Source: Su et al. 2021, §3.2.2,
 *   https://arxiv.org/abs/2104.09864.
 */
export function turnHeads(
  x: usize, heads: u32, width: u32, turning: u32, interleaved: u32, cosine: usize, sine: usize, y: usize,
  start: u32, end: u32,
): void {
  const half = turning >> 1;
  for (; start < end; start++) {
    const cosines = cosine + 4 * (start as usize) * turning, sines = sine + 4 * (start as usize) * turning;
    for (let head = start * heads; head < (start + 1) * heads; head++) {
      const from = x + 4 * (head as usize) * width, to = y + 4 * (head as usize) * width;
      for (let j: u32 = 0; j < turning; j++) {
        const pair = interleaved ? j ^ 1 : j < half ? j + half : j - half;
        const own = load<f32>(from + 4 * j) * load<f32>(cosines + 4 * j);
        store<f32>(to + 4 * j, own + load<f32>(from + 4 * pair) * load<f32>(sines + 4 * j));
      }
      memory.copy(to + 4 * turning, from + 4 * turning, 4 * (width - turning));
    }
  }
}

/** `storage[slots[r]] = X[r]`. Range: rows. @param x - `[R, width]`. */
export function writeRows(x: usize, width: u32, slots: usize, storage: usize, start: u32, end: u32): void {
  const bytes = 4 * (width as usize);
  for (; start < end; start++) memory.copy(storage + bytes * load<u32>(slots + 4 * start), x + bytes * start, bytes);
}
