import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import type { TensorData } from "../backend/tensor-data.ts";
import { binaryCodes, compareCodes, logicalCodes } from "../wasm/codes.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { broadcastShape, operands, type Placed } from "./broadcast.ts";
import { sizeOf } from "./size-of.ts";

type Numeric = "float32" | "bool";

/** `y = a ∘ b` with broadcasting, of operands and a result of these types. */
function elementwise(kernelName: string, code: number, types: readonly [Numeric, Numeric]): AcceleratedKernel {
  const [dtype, outputType] = types;
  return {
    kernelName,
    run(backend, inputs) {
      const [a, b] = [inputs.a as TensorInfo, inputs.b as TensorInfo];
      const dataA = backend.numbers(a, dtype);
      const dataB = backend.numbers(b, dtype);
      if (dataA === undefined || dataB === undefined) return undefined;
      const shape = broadcastShape(a.shape, b.shape);
      const y = backend.allocate(shape, outputType);
      runElementwise(backend, code, [place(a, dataA, dtype), place(b, dataB, dtype)], y);
      return y;
    },
  };
}

const place = (tensor: TensorInfo, data: TensorData, dtype: Numeric): Placed => ({
  address: data.address,
  length: data.length,
  shape: tensor.shape,
  dtype,
});

/** Writes `a ∘ b` into `y`. */
export function runElementwise(backend: SimdBackend, code: number, [a, b]: readonly [Placed, Placed], y: Output): void {
  const length = sizeOf(y.shape);
  if (length === 0) return;
  const sides = operands(backend, a, b, y.shape, length);
  const { aRow, aColumn, bRow, bColumn, columns } = sides;
  backend.run("binary", length, code, sides.a, aRow, aColumn, sides.b, bRow, bColumn, y.address, columns);
  sides.release?.();
}

const computes = ["float32", "float32"] as const;
const compares = ["float32", "bool"] as const;
const combines = ["bool", "bool"] as const;

export const binaryKernels: readonly AcceleratedKernel[] = [
  elementwise("Add", binaryCodes.add, computes),
  elementwise("Sub", binaryCodes.subtract, computes),
  elementwise("Multiply", binaryCodes.multiply, computes),
  elementwise("RealDiv", binaryCodes.divide, computes),
  elementwise("Maximum", binaryCodes.maximum, computes),
  elementwise("Minimum", binaryCodes.minimum, computes),
  elementwise("SquaredDifference", binaryCodes.squaredDifference, computes),
  elementwise("Equal", compareCodes.equal, compares),
  elementwise("NotEqual", compareCodes.notEqual, compares),
  elementwise("Less", compareCodes.less, compares),
  elementwise("LessEqual", compareCodes.lessEqual, compares),
  elementwise("Greater", compareCodes.greater, compares),
  elementwise("GreaterEqual", compareCodes.greaterEqual, compares),
  elementwise("LogicalAnd", logicalCodes.and, combines),
  elementwise("LogicalOr", logicalCodes.or, combines),
];
