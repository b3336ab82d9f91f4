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
  for (; start < end; start++) {
    const at = 4 * (start as usize) * turning;
    for (let head = start * heads; head < (start + 1) * heads; head++) {
      const from = x + 4 * (head as usize) * width, to = y + 4 * (head as usize) * width;
      if (interleaved) turnNeighbours(from, turning, cosine + at, sine + at, to);
      else turnHalves(from, turning, cosine + at, sine + at, to);
      memory.copy(to + 4 * turning, from + 4 * turning, 4 * (width - turning));
    }
  }
}

/** `x·cosine + pair·sine` in each lane, rounded twice as the ops do. */
@inline
function turned(x: v128, pair: v128, cosine: usize, sine: usize): v128 {
  return f32x4.add(f32x4.mul(x, v128.load(cosine)), f32x4.mul(pair, v128.load(sine)));
}

/** Pairs `2i` and `2i + 1`. */
function turnNeighbours(x: usize, turning: u32, cosine: usize, sine: usize, y: usize): void {
  const end: usize = 4 * turning, whole: usize = end & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const own = v128.load(x + at);
    v128.store(y + at, turned(own, v128.shuffle<f32>(own, own, 1, 0, 3, 2), cosine + at, sine + at));
  }
  for (; at < end; at += 4) turnOne(x + at, x + (at ^ 4), cosine + at, sine + at, y + at);
}

/** Pairs half of the turning channels apart. */
function turnHalves(x: usize, turning: u32, cosine: usize, sine: usize, y: usize): void {
  const half: usize = 4 * (turning >> 1), whole: usize = half & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const low = v128.load(x + at), high = v128.load(x + half + at);
    v128.store(y + at, turned(low, high, cosine + at, sine + at));
    v128.store(y + half + at, turned(high, low, cosine + half + at, sine + half + at));
  }
  for (; at < half; at += 4) {
    turnOne(x + at, x + half + at, cosine + at, sine + at, y + at);
    turnOne(x + half + at, x + at, cosine + half + at, sine + half + at, y + half + at);
  }
}

@inline
function turnOne(x: usize, pair: usize, cosine: usize, sine: usize, y: usize): void {
  const own = load<f32>(x) * load<f32>(cosine);
  store<f32>(y, own + load<f32>(pair) * load<f32>(sine));
}

/** `storage[slots[r]] = X[r]`. Range: rows. @param x - `[R, width]`. */
export function writeRows(x: usize, width: u32, slots: usize, storage: usize, start: u32, end: u32): void {
  const bytes = 4 * (width as usize);
  for (; start < end; start++) memory.copy(storage + bytes * load<u32>(slots + 4 * start), x + bytes * start, bytes);
}
