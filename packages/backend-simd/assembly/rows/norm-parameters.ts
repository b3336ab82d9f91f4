/** Gradients of the norms' gain and bias: sums over all rows, taken in blocks of rows so that a block stays in cache. */
import { fma } from "../fma";
import { loadPart, storePart } from "../lanes";

const ROW_BLOCK: u32 = 64;

@inline
function loadSome(p: usize, width: u32): v128 {
  return width == 4 ? v128.load(p) : loadPart(p, width, f32x4.splat(0));
}

/** Adds to what the blocks before have left at `p`, or begins there. */
@inline
function addTo(p: usize, value: v128, isFirst: bool, width: u32): void {
  if (!isFirst) value = f32x4.add(loadSome(p, width), value);
  if (width == 4) v128.store(p, value);
  else storePart(p, width, value);
}

/** Up to 4 columns of one block of rows; a `mean` or `dBias` of 0 is none. */
@inline
function addBlock(
  dy: usize, x: usize, mean: usize, inverse: usize, dGain: usize, dBias: usize,
  step: usize, rows: u32, isFirst: bool, width: u32,
): void {
  let gain = f32x4.splat(0), bias = gain;
  for (let r: u32 = 0; r < rows; r++) {
    const g = loadSome(dy, width);
    let hat = loadSome(x, width);
    if (mean) hat = f32x4.sub(hat, v128.load_splat<f32>(mean + 4 * r));
    gain = fma(g, f32x4.mul(hat, v128.load_splat<f32>(inverse + 4 * r)), gain);
    bias = f32x4.add(bias, g);
    dy += step;
    x += step;
  }
  addTo(dGain, gain, isFirst, width);
  if (dBias) addTo(dBias, bias, isFirst, width);
}

@inline
function run(
  dy: usize, x: usize, mean: usize, inverse: usize, dGain: usize, dBias: usize,
  rows: u32, columns: u32, start: u32, end: u32,
): void {
  let first: u32 = 0;
  do {
    const height = min(ROW_BLOCK, rows - first);
    const centre = mean ? mean + 4 * first : 0;
    for (let j = start; j < end; j += 4) {
      const at = 4 * (first * columns + j);
      const bias = dBias ? dBias + 4 * j : 0;
      const width = min(4, end - j);
      if (width == 4) addBlock(dy + at, x + at, centre, inverse + 4 * first, dGain + 4 * j, bias, 4 * columns, height, !first, 4);
      else addBlock(dy + at, x + at, centre, inverse + 4 * first, dGain + 4 * j, bias, 4 * columns, height, !first, width);
    }
    first += ROW_BLOCK;
  } while (first < rows);
}

export function layerNormParameterGradient(
  dy: usize, x: usize, mean: usize, inverseDeviation: usize, dGain: usize, dBias: usize,
  rows: u32, columns: u32, start: u32, end: u32,
): void {
  run(dy, x, mean, inverseDeviation, dGain, dBias, rows, columns, start, end);
}

export function rmsNormParameterGradient(
  dy: usize, x: usize, inverseRms: usize, dGain: usize, rows: u32, columns: u32, start: u32, end: u32,
): void {
  run(dy, x, 0, inverseRms, dGain, 0, rows, columns, start, end);
}
