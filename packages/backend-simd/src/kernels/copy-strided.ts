import type { DataType } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";

/** A copy between two views of memory: the size of each axis, and the elements to step along it on either side. */
export interface Strided {
  readonly shape: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Elements from one index to the next along each axis of a dense row-major tensor. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

const MAXIMUM_AXES = 4;

/**
 * Copies elements one for one: transposes, slices, tiles, broadcasts and concatenations are all of this form.
 *
 * @param from - byte address; `to` likewise.
 * @returns false, having done nothing, if the copy has more than four axes after joining those that step as one.
 */
export function copyStrided(backend: SimdBackend, copy: Strided, from: number, to: number, dtype: DataType): boolean {
  const sizes: number[] = [];
  const x: number[] = [];
  const y: number[] = [];
  for (let axis = 0; axis < copy.shape.length; axis++) {
    const size = copy.shape[axis]!;
    if (size === 0) return true;
    if (size === 1) continue;
    const [stepX, stepY] = [copy.from[axis]!, copy.to[axis]!];
    const last = sizes.length - 1;
    if (last >= 0 && x[last] === stepX * size && y[last] === stepY * size) {
      sizes[last]! *= size;
      x[last] = stepX;
      y[last] = stepY;
    } else {
      sizes.push(size);
      x.push(stepX);
      y.push(stepY);
    }
  }
  if (sizes.length > MAXIMUM_AXES) return false;
  while (sizes.length < MAXIMUM_AXES) {
    sizes.unshift(1);
    x.unshift(0);
    y.unshift(0);
  }
  const [d0, d1, d2, d3] = sizes as [number, number, number, number];
  const [x0, x1, x2, x3] = x as [number, number, number, number];
  const [y0, y1, y2, y3] = y as [number, number, number, number];
  const kernel = dtype === "bool" ? "copyStridedBytes" : "copyStrided";
  backend.run(kernel, d0 * d1 * d2, from, x0, x1, x2, x3, to, y0, y1, y2, y3, d1, d2, d3);
  return true;
}

/** Whether the copy kernels can hold the type: strings and complex numbers are not in the shared memory. */
export const isNumeric = (dtype: DataType): boolean => dtype === "float32" || dtype === "int32" || dtype === "bool";
