import { type backend_util, broadcast_util, type NamedAttrMap } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import type { Epilogue } from "../gemm/gemm-request.ts";
import { binaryCodes, unaryCodes } from "../wasm/codes.ts";
import { type AcceleratedKernel, accelerate } from "./accelerated-kernel.ts";
import { runElementwise } from "./binary.ts";
import type { Placed } from "./broadcast.ts";
import { sizeOf } from "./size-of.ts";

/** Computes `op(a) · op(b) (+ bias)` over the last two axes, or undefined where batch axes are not covered. */
export function multiply(
  backend: SimdBackend,
  a: Placed,
  b: Placed,
  attributes: NamedAttrMap,
  { bias = 0, epilogue }: { readonly bias?: number | undefined; readonly epilogue?: Epilogue | undefined } = {},
): Output | undefined {
  const [rankA, rankB] = [a.shape.length, b.shape.length];
  if (rankA < 2 || rankB < 2) return undefined;
  const [transposeA, transposeB] = [attributes.transposeA === true, attributes.transposeB === true];
  const [lda, ldb] = [a.shape[rankA - 1]!, b.shape[rankB - 1]!];
  const [rowsA, rowsB] = [a.shape[rankA - 2]!, b.shape[rankB - 2]!];
  const [m, k] = transposeA ? [lda, rowsA] : [rowsA, lda];
  const [n, inner] = transposeB ? [rowsB, ldb] : [ldb, rowsB];
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const [batchA, batchB] = [sizeOf(outerA), sizeOf(outerB)];
  // The original knows how to complain about the inner sizes, and how to repeat some batch axes but not others.
  if (k !== inner || (batchA !== batchB && batchA !== 1 && batchB !== 1)) return undefined;
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  if (sizeOf(outer) !== Math.max(batchA, batchB)) return undefined;
  const c = backend.allocate([...outer, m, n], "float32");
  const places = { a: a.data.address, lda, b: b.data.address, ldb, c: c.address, ldc: n };
  const batch = batchOf(batchA, batchB, transposeA, m, n, k);
  backend.multiply({ ...places, ...batch, transposeA, transposeB, n, k, accumulate: false, bias, epilogue });
  return c;
}

// Many matrices times one are one tall matrix times it: B is packed once.
function batchOf(batchA: number, batchB: number, transposeA: boolean, m: number, n: number, k: number) {
  const batch = Math.max(batchA, batchB);
  if (batchB === 1 && !transposeA) return { batch: 1, m: m * batch, strideA: 0, strideB: 0, strideC: 0 };
  return { batch, m, strideA: batchA === 1 ? 0 : m * k, strideB: batchB === 1 ? 0 : k * n, strideC: m * n };
}

const batchMatMul = accelerate("BatchMatMul", { a: "float32", b: "float32" }, (backend, { a, b }, attributes) =>
  multiply(backend, a, b, attributes),
);

const activations: Readonly<Record<string, number | undefined>> = {
  relu: unaryCodes.Relu,
  relu6: unaryCodes.Relu6,
  sigmoid: unaryCodes.Sigmoid,
};

const fusedMatMul = accelerate(
  "_FusedMatMul",
  { a: "float32", b: "float32", bias: "float32?" },
  (backend, { a, b, bias }, attributes) => {
    const activation = (attributes.activation as backend_util.Activation | undefined) ?? "linear";
    const code = activations[activation];
    if (activation !== "linear" && code === undefined) return undefined;
    const columns = b.shape.at(attributes.transposeB === true ? -2 : -1);
    const isRow = bias?.data.length === columns && bias?.shape.at(-1) === columns;
    const y = multiply(backend, a, b, attributes, { bias: isRow ? bias.data.address : 0 });
    if (y === undefined) return undefined;
    if (bias && !isRow) addInPlace(backend, y, bias);
    if (code !== undefined) backend.run("unary", sizeOf(y.shape), code, y.address, y.address);
    return y;
  },
);

function addInPlace(backend: SimdBackend, y: Output, bias: Placed): void {
  const sum = { shape: y.shape, data: backend.data.get(y.dataId) };
  runElementwise(backend, { family: "binary", code: binaryCodes.Add }, [sum, bias], y);
}

export const matMulKernels: readonly AcceleratedKernel[] = [batchMatMul, fusedMatMul];
