import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import type { TensorData } from "../backend/tensor-data.ts";
import { binaryCodes, compareCodes, logicalCodes } from "../wasm/codes.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { broadcastShape, operands, type Placed } from "./broadcast.ts";
import { sizeOf } from "./size-of.ts";

type Numeric = "float32" | "bool";

type Family = "binary" | "compare" | "logical";

/** `y = a ∘ b` with broadcasting, by a raw kernel of two operands. */
function elementwise(kernelName: string, family: Family, code: number): AcceleratedKernel {
  const dtype: Numeric = family === "logical" ? "bool" : "float32";
  const outputType: Numeric = family === "binary" ? "float32" : "bool";
  return {
    kernelName,
    run(backend, inputs) {
      const [a, b] = [inputs.a as TensorInfo, inputs.b as TensorInfo];
      const dataA = backend.numbers(a, dtype);
      const dataB = backend.numbers(b, dtype);
      if (dataA === undefined || dataB === undefined) return undefined;
      const shape = broadcastShape(a.shape, b.shape);
      const y = backend.allocate(shape, outputType);
      runElementwise(backend, { family, code }, [place(a, dataA, dtype), place(b, dataB, dtype)], y);
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
export function runElementwise(
  backend: SimdBackend,
  { family, code }: { readonly family: Family; readonly code: number },
  [a, b]: readonly [Placed, Placed],
  y: Output,
): void {
  const length = sizeOf(y.shape);
  if (length === 0) return;
  const sides = operands(backend, a, b, y.shape, length);
  const { aRow, aColumn, bRow, bColumn, columns } = sides;
  backend.run(family, length, code, sides.a, aRow, aColumn, sides.b, bRow, bColumn, y.address, columns);
  sides.release?.();
}

export const binaryKernels: readonly AcceleratedKernel[] = [
  elementwise("Add", "binary", binaryCodes.add),
  elementwise("Sub", "binary", binaryCodes.subtract),
  elementwise("Multiply", "binary", binaryCodes.multiply),
  elementwise("RealDiv", "binary", binaryCodes.divide),
  elementwise("Maximum", "binary", binaryCodes.maximum),
  elementwise("Minimum", "binary", binaryCodes.minimum),
  elementwise("SquaredDifference", "binary", binaryCodes.squaredDifference),
  elementwise("Equal", "compare", compareCodes.equal),
  elementwise("NotEqual", "compare", compareCodes.notEqual),
  elementwise("Less", "compare", compareCodes.less),
  elementwise("LessEqual", "compare", compareCodes.lessEqual),
  elementwise("Greater", "compare", compareCodes.greater),
  elementwise("GreaterEqual", "compare", compareCodes.greaterEqual),
  elementwise("LogicalAnd", "logical", logicalCodes.and),
  elementwise("LogicalOr", "logical", logicalCodes.or),
];
