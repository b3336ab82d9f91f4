import { backend_util, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { bytesPerElement } from "../backend/tensor-data.ts";
import { type AcceleratedKernel, accelerate, type KernelInput } from "./accelerated-kernel.ts";
import { copyStrided, stridesOf } from "./copy-strided.ts";

/** A part of a tensor. */
interface Part {
  readonly begin: readonly number[];
  readonly size: number[];
}

/** The part of `x`, under the shape `shape`. */
function cut(
  backend: SimdBackend,
  { shape: whole, data }: KernelInput,
  { begin, size }: Part,
  shape: number[],
): Output {
  const strides = stridesOf(whole);
  const y = backend.allocate(shape, data.dtype);
  const first = begin.reduce((offset, at, axis) => offset + at * strides[axis]!, 0);
  const from = data.address + first * bytesPerElement(data.dtype);
  copyStrided(backend, { shape: size, from: strides, to: stridesOf(size) }, from, y.address, data.dtype);
  return y;
}

const slice = accelerate("Slice", { x: "numeric" }, (backend, { x }, attributes) => {
  const given = [attributes.begin as number[], attributes.size as number[]] as const;
  const [begin, size] = slice_util.parseSliceParams(x.tensor, ...given) as [number[], number[]];
  slice_util.assertParamsValid(x.tensor, begin, size);
  return cut(backend, x, { begin, size }, size);
});

/** Cuts `x` along an axis. */
function parts(
  backend: SimdBackend,
  x: KernelInput,
  { axis, sizes }: { readonly axis: number; readonly sizes: readonly number[] },
  shapeOf: (size: number[]) => number[],
): TensorInfo[] {
  const begin = x.shape.map(() => 0);
  return sizes.map((own) => {
    const size = x.shape.with(axis, own);
    const part = cut(backend, x, { begin, size }, shapeOf(size));
    begin[axis]! += own;
    return part;
  });
}

const axisOf = (x: KernelInput, axis: unknown): number => util.parseAxisParam(axis as number, x.shape)[0]!;

const splitV = accelerate("SplitV", { x: "numeric" }, (backend, { x }, attributes) => {
  const axis = axisOf(x, attributes.axis);
  const wanted = attributes.numOrSizeSplits as number[] | number;
  // Only the shape is looked at.
  const tensor = x.tensor as Parameters<typeof backend_util.prepareSplitSize>[0];
  return parts(backend, x, { axis, sizes: backend_util.prepareSplitSize(tensor, wanted, axis) }, (size) => size);
});

const unpack = accelerate("Unpack", { value: "numeric" }, (backend, { value }, attributes) => {
  const axis = axisOf(value, attributes.axis);
  const sizes = new Array<number>(value.shape[axis]!).fill(1);
  return parts(backend, value, { axis, sizes }, (size) => size.toSpliced(axis, 1));
});

export const sliceKernels: readonly AcceleratedKernel[] = [slice, splitV, unpack];
