/** A float64 array with a shape: what the oracles compute with. */
export interface Grid {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
}

/** The grid whose element at each index is `value(index)`. */
export function grid(shape: readonly number[], value: (at: readonly number[]) => number): Grid {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float64Array(size);
  const at = shape.map(() => 0);
  for (let flat = 0; flat < size; flat++) {
    values[flat] = value(at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
  return { shape, values };
}

/** One element. Broadcasts as tfjs does: leading indices that the grid lacks are ignored, axes of size 1 read 0. */
export function at({ shape, values }: Grid, index: readonly number[]): number {
  const skip = index.length - shape.length;
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    flat = flat * shape[axis]! + (shape[axis] === 1 ? 0 : index[axis + skip]!);
  }
  return values[flat]!;
}

/** `change` of the elements that broadcasting brings together. */
export function elementwise(change: (...values: number[]) => number, ...grids: readonly Grid[]): Grid {
  const rank = Math.max(...grids.map(({ shape }) => shape.length));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...grids.map((one) => one.shape[axis - rank + one.shape.length] ?? 1)),
  );
  return grid(shape, (index) => change(...grids.map((one) => at(one, index))));
}

/** `combine` of the elements along one axis, which goes away. A negative axis counts from the end. */
export function reduce(of: Grid, axis: number, combine: (values: readonly number[]) => number): Grid {
  const place = axis < 0 ? axis + of.shape.length : axis;
  const length = of.shape[place]!;
  return grid(of.shape.toSpliced(place, 1), (index) =>
    combine(Array.from({ length }, (_, position) => at(of, index.toSpliced(place, 0, position)))),
  );
}

/** `change` of each row, a row being the elements along the last axis. */
export function mapRows(of: Grid, change: (row: readonly number[], rowNumber: number) => readonly number[]): Grid {
  const width = of.shape.at(-1) ?? 1;
  const rows = Array.from({ length: of.values.length / width }, (_, row) =>
    change([...of.values.subarray(row * width, (row + 1) * width)], row),
  );
  return { shape: [...of.shape.slice(0, -1), rows[0]?.length ?? 0], values: Float64Array.from(rows.flat()) };
}

/** The same elements, in row-major order, under another shape. */
export const reshaped = ({ values }: Grid, shape: readonly number[]): Grid => ({ shape, values });

/** `Σ values`. */
export const total = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
