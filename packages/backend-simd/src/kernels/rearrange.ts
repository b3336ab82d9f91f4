import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { copyStrided, isNumeric, type Strided, stridesOf } from "./copy-strided.ts";
import { fillTensor } from "./fill.ts";

/** A new tensor of that shape, filled by one copy; undefined if `x` is not in the shared memory. */
function copied(backend: SimdBackend, x: TensorInfo, shape: number[], copy: Strided): TensorInfo | undefined {
  const data = isNumeric(x.dtype) ? backend.numbers(x, x.dtype) : undefined;
  if (data === undefined) return undefined;
  const y = backend.allocate(shape, x.dtype);
  copyStrided(backend, copy, data.address, y.address, x.dtype);
  return y;
}

const transpose: AcceleratedKernel = {
  kernelName: "Transpose",
  run(backend, inputs, attributes) {
    const x = inputs.x as TensorInfo;
    const permutation = attributes.perm as number[];
    const strides = stridesOf(x.shape);
    const shape = permutation.map((axis) => x.shape[axis]!);
    if (keepsOrder(permutation, x.shape) && isNumeric(x.dtype)) return backend.share(x, shape);
    return copied(backend, x, shape, { shape, from: permutation.map((axis) => strides[axis]!), to: stridesOf(shape) });
  },
};

// Axes of size 1 may move without moving an element.
function keepsOrder(permutation: readonly number[], shape: readonly number[]): boolean {
  let last = -1;
  for (const axis of permutation) {
    if (shape[axis] === 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

const tile: AcceleratedKernel = {
  kernelName: "Tile",
  run(backend, inputs, attributes) {
    const x = inputs.x as TensorInfo;
    const repeats = attributes.reps as number[];
    const strides = stridesOf(x.shape);
    const shape = x.shape.map((size, axis) => size * repeats[axis]!);
    // Each axis becomes two: the repeats, which do not move in x, and the axis itself.
    const pairs = x.shape.flatMap((size, axis) => [repeats[axis]!, size]);
    const from = strides.flatMap((stride) => [0, stride]);
    return copied(backend, x, shape, { shape: pairs, from, to: stridesOf(pairs) });
  },
};

const padV2: AcceleratedKernel = {
  kernelName: "PadV2",
  run(backend, inputs, attributes) {
    const x = inputs.x as TensorInfo;
    const paddings = attributes.paddings as unknown as [number, number][];
    const data = isNumeric(x.dtype) ? backend.numbers(x, x.dtype) : undefined;
    if (data === undefined || paddings.length !== x.shape.length) return undefined;
    const shape = x.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
    const y = backend.allocate(shape, x.dtype);
    fillTensor(backend, y, attributes.constantValue as number);
    const to = stridesOf(shape);
    const first = to.reduce((offset, stride, axis) => offset + stride * paddings[axis]![0], 0);
    const address = y.address + first * (x.dtype === "bool" ? 1 : 4);
    copyStrided(backend, { shape: x.shape, from: stridesOf(x.shape), to }, data.address, address, x.dtype);
    return y;
  },
};

export const rearrangeKernels: readonly AcceleratedKernel[] = [transpose, tile, padV2];
