import type { TensorMap } from "./tensor-map.ts";

type Shape = readonly number[];

/** Our shapes side by side in their last axis, as the foreign tensor has them. */
export function foreignShape({ transposed, row }: TensorMap, shapes: readonly Shape[]): number[] {
  const [first] = shapes as [Shape];
  const width = shapes.reduce((sum, shape) => sum + (shape.at(-1) as number), 0);
  const whole = [...first.slice(0, -1), width];
  if (transposed) whole.reverse();
  return row ? [1, ...whole] : whole;
}

/** The values of each of our parameters in a foreign tensor; those of a single one of the same layout are not copied. */
export function toOurs(map: TensorMap, values: Float32Array, shapes: readonly Shape[]): Float32Array[] {
  const columns = shapes.map((shape) => shape.at(-1) as number);
  const width = columns.reduce((sum, own) => sum + own, 0);
  const rows = width === 0 ? 0 : values.length / width;
  const straight = map.transposed ? transpose(values, width, rows) : values;
  if (shapes.length === 1) return [straight];
  let start = 0;
  return columns.map((own) => {
    const part = new Float32Array(rows * own);
    for (let row = 0; row < rows; row++)
      part.set(straight.subarray(row * width + start, row * width + start + own), row * own);
    start += own;
    return part;
  });
}

/** A foreign tensor's values of our parameters: the way back of {@link toOurs}. */
export function toForeign(map: TensorMap, parts: readonly Float32Array[], shapes: readonly Shape[]): Float32Array {
  const columns = shapes.map((shape) => shape.at(-1) as number);
  const width = columns.reduce((sum, own) => sum + own, 0);
  const [first] = parts as [Float32Array];
  const rows = width === 0 ? 0 : first.length / (columns[0] as number);
  let whole = first;
  if (parts.length > 1) {
    whole = new Float32Array(rows * width);
    let start = 0;
    for (const [index, part] of parts.entries()) {
      const own = columns[index] as number;
      for (let row = 0; row < rows; row++) whole.set(part.subarray(row * own, (row + 1) * own), row * width + start);
      start += own;
    }
  }
  return map.transposed ? transpose(whole, rows, width) : whole;
}

/** Rows and columns change places; in tiles, so that neither side is read or written far apart. */
export function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const tile = 32;
  const turned = new Float32Array(values.length);
  for (let top = 0; top < rows; top += tile) {
    for (let left = 0; left < columns; left += tile) {
      for (let row = top; row < Math.min(rows, top + tile); row++) {
        for (let column = left; column < Math.min(columns, left + tile); column++) {
          turned[column * rows + row] = values[row * columns + column] as number;
        }
      }
    }
  }
  return turned;
}
