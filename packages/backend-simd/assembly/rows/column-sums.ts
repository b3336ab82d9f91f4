import { loadSome, storeSome } from "../lanes";

/** Up to 4 columns of one row; what is summed. */
@inline
function term(x: usize, factor: usize, y: usize, isScaled: bool, width: u32): v128 {
  if (!isScaled) return loadSome(x, width);
  const product = f32x4.mul(loadSome(x, width), loadSome(factor, width));
  storeSome(y, width, product);
  return product;
}

/** Up to 4 columns of `count` (1 or 4) rows, added to what the rows before have left in `sums`. */
@inline
function add(
  x: usize, factor: usize, y: usize, sums: usize, step: usize, count: u32, isFirst: bool, isScaled: bool, width: u32,
): void {
  let sum = term(x, factor, y, isScaled, width);
  if (count == 4) {
    const second = term(x + step, factor + step, y + step, isScaled, width);
    const third = term(x + 2 * step, factor + 2 * step, y + 2 * step, isScaled, width);
    const fourth = term(x + 3 * step, factor + 3 * step, y + 3 * step, isScaled, width);
    sum = f32x4.add(f32x4.add(sum, second), f32x4.add(third, fourth));
  }
  if (!isFirst) sum = f32x4.add(loadSome(sums, width), sum);
  storeSome(sums, width, sum);
}

@inline
function addRows(
  x: usize, factor: usize, y: usize, sums: usize, columns: u32, count: u32, isFirst: bool, isScaled: bool,
): void {
  const step = (columns as usize) << 2;
  const whole = ((columns & ~3) as usize) << 2;
  for (let j: usize = 0; j < whole; j += 16) {
    add(x + j, factor + j, y + j, sums + j, step, count, isFirst, isScaled, 4);
  }
  const rest = columns & 3;
  if (rest) add(x + whole, factor + whole, y + whole, sums + whole, step, count, isFirst, isScaled, rest);
}

@inline
function sumPanel(x: usize, factor: usize, y: usize, sums: usize, rows: u32, columns: u32, isScaled: bool): void {
  const step = (columns as usize) << 2;
  for (let r: u32 = 0; r < rows;) {
    const count: u32 = rows - r >= 4 ? 4 : 1;
    const at = r * step;
    if (count == 4) addRows(x + at, factor + at, y + at, sums, columns, 4, r == 0, isScaled);
    else addRows(x + at, factor + at, y + at, sums, columns, 1, r == 0, isScaled);
    r += count;
  }
}

/**
 * `sums[p] = Σ x[r]` over the rows of panel `p`, `x [matrices, rows, columns] → sums [matrices, ⌈rows/panel⌉, columns]`. Unless `factor` is
 * offset 0, of `x[r]·factor[r]`, which is kept in `y`. Range: panels of all matrices.
 */
export function columnSums(
  x: usize, factor: usize, y: usize, sums: usize, rows: u32, columns: u32, panel: u32, start: u32, end: u32,
): void {
  const panels = (rows + panel - 1) / panel;
  for (; start < end; start++) {
    const matrix = start / panels;
    const first = (start - matrix * panels) * panel;
    const height = min(panel, rows - first);
    const at = 4 * ((matrix as usize) * rows + first) * columns;
    const to = sums + 4 * (start as usize) * columns;
    if (factor) sumPanel(x + at, factor + at, y + at, to, height, columns, true);
    else sumPanel(x + at, 0, 0, to, height, columns, false);
  }
}
