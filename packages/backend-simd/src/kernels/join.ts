import { backend_util, type NamedTensorInfoMap, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { copyStrided, isNumeric } from "./copy-strided.ts";
import { sizeOf } from "./size-of.ts";

const listOf = (inputs: NamedTensorInfoMap): TensorInfo[] => inputs as unknown as TensorInfo[];

/**
 * Joins tensors along an axis of `shape`. Each is one copy of `[outer, own inner]` into rows of the joined inner size.
 *
 * @returns undefined where types differ or lie outside the shared memory.
 */
function join(
  backend: SimdBackend,
  tensors: readonly TensorInfo[],
  axis: number,
  shape: number[],
): TensorInfo | undefined {
  const dtype = tensors[0]!.dtype;
  if (!isNumeric(dtype) || tensors.some((x) => backend.numbers(x, dtype) === undefined)) return undefined;
  const y = backend.allocate(shape, dtype);
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis));
  const bytes = dtype === "bool" ? 1 : 4;
  let at = y.address;
  for (const x of tensors) {
    const { address, length } = backend.data.get(x.dataId);
    if (length === 0) continue;
    const own = length / outer;
    copyStrided(backend, { shape: [outer, own], from: [own, 1], to: [inner, 1] }, address, at, dtype);
    at += own * bytes;
  }
  return y;
}

const concat: AcceleratedKernel = {
  kernelName: "Concat",
  run(backend, inputs, attributes) {
    const tensors = listOf(inputs);
    const axis = util.parseAxisParam(attributes.axis as number, tensors[0]!.shape)[0]!;
    const shapes = tensors.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    const shape = backend_util.computeOutShape(shapes, axis);
    return sizeOf(shape) === 0 ? undefined : join(backend, tensors, axis, shape);
  },
};

const pack: AcceleratedKernel = {
  kernelName: "Pack",
  run(backend, inputs, attributes) {
    const tensors = listOf(inputs);
    const { shape } = tensors[0]!;
    // The original says what is wrong with unequal shapes.
    if (sizeOf(shape) === 0 || tensors.some((x) => !util.arraysEqual(x.shape, shape))) return undefined;
    const axis = attributes.axis as number;
    const at = axis < 0 ? axis + shape.length + 1 : axis;
    return join(backend, tensors, at, [...shape.slice(0, at), tensors.length, ...shape.slice(at)]);
  },
};

export const joinKernels: readonly AcceleratedKernel[] = [concat, pack];
