import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { bytesPerElement } from "../backend/tensor-data.ts";
import { type AcceleratedKernel, accelerate, type KernelInput } from "./accelerated-kernel.ts";
import { copyStrided, type Strided, stridesOf } from "./copy-strided.ts";
import { fillTensor } from "./fill.ts";

/** A new tensor of that shape, filled by one copy. */
function copied(backend: SimdBackend, { data }: KernelInput, shape: number[], copy: Strided): Output {
  const y = backend.allocate(shape, data.dtype);
  copyStrided(backend, copy, data.address, y.address, data.dtype);
  return y;
}

const transpose = accelerate("Transpose", { x: "numeric" }, (backend, { x }, { perm }) => {
  const permutation = perm as number[];
  const strides = stridesOf(x.shape);
  const shape = permutation.map((axis) => x.shape[axis]!);
  if (keepsOrder(permutation, x.shape)) return backend.share(x.tensor, shape);
  return copied(backend, x, shape, { shape, from: permutation.map((axis) => strides[axis]!), to: stridesOf(shape) });
});

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

const tile = accelerate("Tile", { x: "numeric" }, (backend, { x }, { reps }) => {
  const repeats = reps as number[];
  const shape = x.shape.map((size, axis) => size * repeats[axis]!);
  // Each axis becomes two: the repeats, which do not move in x, and the axis itself.
  const pairs = x.shape.flatMap((size, axis) => [repeats[axis]!, size]);
  const from = stridesOf(x.shape).flatMap((stride) => [0, stride]);
  return copied(backend, x, shape, { shape: pairs, from, to: stridesOf(pairs) });
});

const padV2 = accelerate("PadV2", { x: "numeric" }, (backend, { x }, attributes) => {
  const paddings = attributes.paddings as unknown as [number, number][];
  if (paddings.length !== x.shape.length) return undefined;
  const { dtype } = x.data;
  const shape = x.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]);
  const y = backend.allocate(shape, dtype);
  fillTensor(backend, y, attributes.constantValue as number);
  const to = stridesOf(shape);
  const first = to.reduce((offset, stride, axis) => offset + stride * paddings[axis]![0], 0);
  const address = y.address + first * bytesPerElement(dtype);
  copyStrided(backend, { shape: x.shape, from: stridesOf(x.shape), to }, x.data.address, address, dtype);
  return y;
});

export const rearrangeKernels: readonly AcceleratedKernel[] = [transpose, tile, padV2];
