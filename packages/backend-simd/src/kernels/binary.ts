import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { binaryCodes, compareCodes, logicalCodes } from "../wasm/codes.ts";
import { type AcceleratedKernel, accelerate, readList } from "./accelerated-kernel.ts";
import { broadcastShape, operands, type Placed } from "./broadcast.ts";
import { sizeOf } from "./size-of.ts";

type Family = "binary" | "compare" | "logical";

/** `y = a ∘ b` with broadcasting, by a raw kernel of two operands. */
function elementwise(kernelName: string, family: Family, code: number): AcceleratedKernel {
  const type = family === "logical" ? "bool" : "float32";
  const outputType = family === "binary" ? "float32" : "bool";
  return accelerate(kernelName, { a: type, b: type }, (backend, { a, b }) => {
    const y = backend.allocate(broadcastShape(a.shape, b.shape), outputType);
    runElementwise(backend, { family, code }, [a, b], y);
    return y;
  });
}

/** Writes `a ∘ b` into `y`. */
export function runElementwise(
  backend: SimdBackend,
  { family, code }: { readonly family: Family; readonly code: number },
  [a, b]: readonly [Placed, Placed],
  y: Output,
): void {
  const length = sizeOf(y.shape);
  if (length === 0) return;
  const { places, columns, release } = operands(backend, a, b, y.shape, length);
  backend.run(family, length, code, ...places, y.address, columns);
  release?.();
}

/** The sum of tensors of one shape, added in their order. */
const addN: AcceleratedKernel = {
  kernelName: "AddN",
  run(backend, given) {
    const [first, ...others] = readList(backend, given) ?? [];
    if (first === undefined || others.length === 0) return undefined;
    const { address, length } = first.data;
    if (others.some(({ data }) => data.length !== length)) return undefined;
    const y = backend.allocate(first.shape, "float32");
    let sum = address;
    for (const { data } of others) {
      if (length > 0) backend.run("binary", length, binaryCodes.Add, sum, 0, 1, data.address, 0, 1, y.address, length);
      sum = y.address;
    }
    return y;
  },
};

export const binaryKernels: readonly AcceleratedKernel[] = [
  ...Object.entries(binaryCodes).map(([name, code]) => elementwise(name, "binary", code)),
  ...Object.entries(compareCodes).map(([name, code]) => elementwise(name, "compare", code)),
  ...Object.entries(logicalCodes).map(([name, code]) => elementwise(name, "logical", code)),
  addN,
];
