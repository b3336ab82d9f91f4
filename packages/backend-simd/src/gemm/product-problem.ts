import { activationCodes } from "../wasm/codes.ts";
import type { GemmRequest } from "./gemm-request.ts";
import type { Panels } from "./panels.ts";

/** Codes of who multiplies, as in `assembly/gemm/problem.ts`. */
export const engines = { wasm: 0, library: 1, libraryBf16: 2 } as const;

const NO_ACTIVATION = -1;

/** Returns the fields of `Product` in `assembly/gemm/problem.ts`, in their order; an address above 2³¹ wraps as one word. */
export function productProblem(request: GemmRequest, engine: number, panels: Omit<Panels, "count">): number[] {
  const { m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, bias, epilogue } = request;
  const [ta, tb, add] = [request.transposeA ? 1 : 0, request.transposeB ? 1 : 0, request.accumulate ? 1 : 0];
  const sizes = [engine, panels.columns ? 1 : 0, panels.size, panels.depth, ta, tb, m, n, k];
  const operands = [a, lda, strideA, b, ldb, strideB, c, ldc, strideC];
  const activation = epilogue ? activationCodes[epilogue.activation] : NO_ACTIVATION;
  return [...sizes, ...operands, add, bias, activation, epilogue?.slope ?? 0];
}
