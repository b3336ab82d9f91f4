import { backend_util, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { copyStrided, isNumeric, stridesOf } from "./copy-strided.ts";

/** The part of `x` of that size from `begin` on, under the shape `shape`; undefined if it is not in the shared memory. */
function cut(
  backend: SimdBackend,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
  shape: number[],
): TensorInfo | undefined {
  const data = isNumeric(x.dtype) ? backend.numbers(x, x.dtype) : undefined;
  if (data === undefined) return undefined;
  const strides = stridesOf(x.shape);
  const y = backend.allocate(shape, x.dtype);
  const first = begin.reduce((offset, at, axis) => offset + at * strides[axis]!, 0);
  const from = data.address + first * (x.dtype === "bool" ? 1 : 4);
  copyStrided(backend, { shape: size, from: strides, to: stridesOf(size) }, from, y.address, x.dtype);
  return y;
}

const slice: AcceleratedKernel = {
  kernelName: "Slice",
  run(backend, inputs, attributes) {
    const x = inputs.x as TensorInfo;
    const [begin, size] = slice_util.parseSliceParams(x, attributes.begin as number[], attributes.size as number[]);
    slice_util.assertParamsValid(x, begin!, size!);
    return cut(backend, x, begin!, size!, size!);
  },
};

/** Cuts `x` along an axis. */
function parts(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number,
  sizes: readonly number[],
  shapeOf: (size: number) => number[],
): TensorInfo[] | undefined {
  if (!isNumeric(x.dtype) || backend.numbers(x, x.dtype) === undefined) return undefined;
  const begin = new Array<number>(x.shape.length).fill(0);
  const size = x.shape.slice();
  return sizes.map((own) => {
    size[axis] = own;
    const part = cut(backend, x, begin, size, shapeOf(own)) as TensorInfo;
    begin[axis]! += own;
    return part;
  });
}

const splitV: AcceleratedKernel = {
  kernelName: "SplitV",
  run(backend, inputs, attributes) {
    const x = inputs.x as TensorInfo;
    const axis = util.parseAxisParam(attributes.axis as number, x.shape)[0]!;
    const wanted = attributes.numOrSizeSplits as number[] | number;
    // Only the shape is looked at.
    const sizes = backend_util.prepareSplitSize(x as Parameters<typeof backend_util.prepareSplitSize>[0], wanted, axis);
    return parts(backend, x, axis, sizes, (own) => x.shape.map((size, at) => (at === axis ? own : size)));
  },
};

const unpack: AcceleratedKernel = {
  kernelName: "Unpack",
  run(backend, inputs, attributes) {
    const x = inputs.value as TensorInfo;
    const axis = util.parseAxisParam(attributes.axis as number, x.shape)[0]!;
    const ones = new Array<number>(x.shape[axis]!).fill(1);
    return parts(backend, x, axis, ones, () => x.shape.filter((_, at) => at !== axis));
  },
};

export const sliceKernels: readonly AcceleratedKernel[] = [slice, splitV, unpack];
