import { backend_util, type NamedTensorInfoMap, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import { bytesPerElement } from "../backend/tensor-data.ts";
import { type AcceleratedKernel, readInput } from "./accelerated-kernel.ts";
import { copyStrided } from "./copy-strided.ts";
import { sizeOf } from "./size-of.ts";

const listOf = (inputs: NamedTensorInfoMap): [TensorInfo, ...TensorInfo[]] => inputs as unknown as [TensorInfo];

/**
 * Joins tensors along an axis of `shape`. Each is one copy of `[outer, own inner]` into rows of the joined inner size.
 *
 * @returns undefined where types differ or lie outside the shared memory.
 */
function join(
  backend: SimdBackend,
  tensors: readonly [TensorInfo, ...TensorInfo[]],
  axis: number,
  shape: number[],
): TensorInfo | undefined {
  const inputs = tensors.map((tensor) => readInput(backend, tensor, "numeric"));
  const [{ dtype }] = tensors;
  if (!inputs.every((input) => input?.data.dtype === dtype)) return undefined;
  const y = backend.allocate(shape, dtype);
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis));
  let at = y.address;
  for (const input of inputs) {
    const { address, length } = input!.data;
    if (length === 0) continue;
    const own = length / outer;
    copyStrided(backend, { shape: [outer, own], from: [own, 1], to: [inner, 1] }, address, at, dtype);
    at += own * bytesPerElement(dtype);
  }
  return y;
}

const concat: AcceleratedKernel = {
  kernelName: "Concat",
  run(backend, inputs, attributes) {
    const tensors = listOf(inputs);
    const axis = util.parseAxisParam(attributes.axis as number, tensors[0].shape)[0]!;
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
    const { shape } = tensors[0];
    // The original says what is wrong with unequal shapes.
    if (sizeOf(shape) === 0 || tensors.some((x) => !util.arraysEqual(x.shape, shape))) return undefined;
    const axis = attributes.axis as number;
    const at = axis < 0 ? axis + shape.length + 1 : axis;
    return join(backend, tensors, at, [...shape.slice(0, at), tensors.length, ...shape.slice(at)]);
  },
};

export const joinKernels: readonly AcceleratedKernel[] = [concat, pack];
