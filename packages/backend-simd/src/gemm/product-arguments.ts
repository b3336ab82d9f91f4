import type { ActivationName } from "@trivium/tensor";
import { activationCodes } from "../wasm/codes.ts";
import type { GemmRequest } from "./gemm-request.ts";
import type { Panels } from "./panels.ts";

/** Who multiplies the panels of a job. */
export const engines = { wasm: 0, provider: 1, providerBf16: 2 } as const;

/** Places in the numbers of a matrix product that is cut into panels. */
export const argument = {
  engine: 0,
  columns: 1,
  panel: 2,
  transposeA: 3,
  transposeB: 4,
  m: 5,
  n: 6,
  k: 7,
  a: 8,
  lda: 9,
  strideA: 10,
  b: 11,
  ldb: 12,
  strideB: 13,
  c: 14,
  ldc: 15,
  strideC: 16,
  accumulate: 17,
  bias: 18,
  activation: 19,
  slope: 20,
  scratch: 21,
} as const;

export const NO_ACTIVATION = -1;

const activationCode = (name: ActivationName | undefined): number =>
  name === undefined ? NO_ACTIVATION : activationCodes[name];

/** @param scratch - the main thread's packing buffer for the WebAssembly kernel. */
export function productArguments(
  request: GemmRequest,
  engine: number,
  { columns, size }: Omit<Panels, "count">,
  scratch: number,
): number[] {
  const { m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, bias, epilogue } = request;
  const [ta, tb, add] = [request.transposeA ? 1 : 0, request.transposeB ? 1 : 0, request.accumulate ? 1 : 0];
  const sizes = [engine, columns ? 1 : 0, size, ta, tb, m, n, k];
  const operands = [a, lda, strideA, b, ldb, strideB, c, ldc, strideC];
  return [...sizes, ...operands, add, bias, activationCode(epilogue?.activation), epilogue?.slope ?? 0, scratch];
}
