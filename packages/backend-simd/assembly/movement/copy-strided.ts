import { copyWords, storeTransposed } from "../lanes";

/** 4 rows of `y` from 4 neighbours in `x`: blocks of 4×4 turned over in registers. Steps in bytes. */
@inline
function transposeRows(x: usize, xStep: usize, y: usize, yStep: usize, count: u32): void {
  let l: u32 = 0;
  for (; l + 4 <= count; l += 4) {
    const r0 = v128.load(x), r1 = v128.load(x + xStep), r2 = v128.load(x + 2 * xStep), r3 = v128.load(x + 3 * xStep);
    storeTransposed(y, yStep, r0, r1, r2, r3);
    x += 4 * xStep;
    y += 16;
  }
  for (; l < count; l++, x += xStep, y += 4) {
    store<u32>(y, load<u32>(x));
    store<u32>(y + yStep, load<u32>(x, 4));
    store<u32>(y + 2 * yStep, load<u32>(x, 8));
    store<u32>(y + 3 * yStep, load<u32>(x, 12));
  }
}

@inline
function copyRow<T>(x: usize, xStep: usize, y: usize, yStep: usize, count: u32): void {
  for (let l: u32 = 0; l < count; l++, x += xStep, y += yStep) store<T>(y, load<T>(x));
}

/**
 * `y[i·y0 + j·y1 + k·y2 + l·y3] = x[i·x0 + j·x1 + k·x2 + l·x3]` over `[d0, d1, d2, d3]`: transposes, slices, tiles,
 * broadcasts and concatenations, with offsets added to the pointers. Steps in elements (as int32; x steps may be
 * negative or 0). Elements have `size` bytes: 4 or 1. Range: rows, counted over `d0·d1·d2`.
 */
export function copyStrided(
  size: u32, x: usize, x0: i32, x1: i32, x2: i32, x3: i32, y: usize, y0: i32, y1: i32, y2: i32, y3: i32,
  d1: u32, d2: u32, d3: u32, start: u32, end: u32,
): void {
  const straight = x3 == 1 && y3 == 1;
  const turned = size == 4 && x2 == 1 && y3 == 1 && x3 != 1;
  while (start < end) {
    const plane = start / d2;
    const k = start - plane * d2;
    const i = plane / d1;
    const j = plane - i * d1;
    const last = min(d2, k + (end - start));
    let from: usize = x + size * (i * x0 + j * x1 + k * x2);
    let to: usize = y + size * (i * y0 + j * y1 + k * y2);
    let row = k;
    if (turned) {
      for (; row + 4 <= last; row += 4, from += 16, to += 16 * y2) transposeRows(from, 4 * x3, to, 4 * y2, d3);
    }
    for (; row < last; row++, from += size * x2, to += size * y2) {
      if (size == 1) {
        if (straight) memory.copy(to, from, d3);
        else copyRow<u8>(from, x3, to, y3, d3);
      } else if (straight) copyWords(from, to, d3);
      else copyRow<u32>(from, 4 * x3, to, 4 * y3, d3);
    }
    start += last - k;
  }
}
