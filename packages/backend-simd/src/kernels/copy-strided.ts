import type { DataType } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import { bytesPerElement } from "../backend/tensor-data.ts";

/** A copy between two views of memory: the size of each axis, and the elements to step along it on either side. */
export interface Strided {
  readonly shape: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

interface Axis {
  size: number;
  from: number;
  to: number;
}

const NO_AXIS: Axis = { size: 1, from: 0, to: 0 };
const KERNEL_AXES = 4;

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

/** Copies elements one for one: transposes, slices, tiles, broadcasts and concatenations are all of this form. */
export function copyStrided(backend: SimdBackend, copy: Strided, from: number, to: number, dtype: DataType): void {
  const axes: Axis[] = [];
  for (let axis = 0; axis < copy.shape.length; axis++) {
    const size = copy.shape[axis]!;
    if (size === 0) return;
    if (size > 1) joinAxis(axes, { size, from: copy.from[axis]!, to: copy.to[axis]! });
  }
  copyAxes(backend, axes, from, to, dtype);
}

// Two axes that step as one are one.
function joinAxis(axes: Axis[], { size, from, to }: Axis): void {
  const last = axes.at(-1);
  if (last?.from !== from * size || last.to !== to * size) {
    axes.push({ size, from, to });
  } else {
    last.size *= size;
    last.from = from;
    last.to = to;
  }
}

function copyAxes(backend: SimdBackend, axes: Axis[], from: number, to: number, dtype: DataType): void {
  if (axes.length > KERNEL_AXES) {
    copyAlongSmallest(backend, axes, from, to, dtype);
    return;
  }
  const d3 = axes.at(-1) ?? NO_AXIS;
  const d2 = axes.at(-2) ?? NO_AXIS;
  const d1 = axes.at(-3) ?? NO_AXIS;
  const d0 = axes.at(-4) ?? NO_AXIS;
  const bytes = bytesPerElement(dtype);
  const rows = d0.size * d1.size * d2.size;
  const source = [from, d0.from, d1.from, d2.from, d3.from] as const;
  const target = [to, d0.to, d1.to, d2.to, d3.to] as const;
  backend.run("copyStrided", rows, bytes, ...source, ...target, d1.size, d2.size, d3.size);
}

// More axes than the kernel takes: the one with the fewest indices is walked here.
function copyAlongSmallest(backend: SimdBackend, axes: Axis[], from: number, to: number, dtype: DataType): void {
  const smallest = axes.reduce((best, axis) => (axis.size < best.size ? axis : best));
  const rest = axes.filter((axis) => axis !== smallest);
  for (let index = 0; index < smallest.size; index++) {
    const offset = index * bytesPerElement(dtype);
    copyAxes(backend, rest, from + smallest.from * offset, to + smallest.to * offset, dtype);
  }
}
