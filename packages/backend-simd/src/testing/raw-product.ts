import { type GemmRequest, oneProduct } from "../gemm/gemm-request.ts";
import { engines, productProblem } from "../gemm/product-problem.ts";

/** The words of a product by the WebAssembly kernel, whose rows are shared out; by default of one matrix as stored. */
export const rawProduct = (request: Omit<GemmRequest, keyof typeof oneProduct> & Partial<GemmRequest>): Int32Array =>
  Int32Array.from(
    productProblem({ ...oneProduct, ...request }, engines.wasm, { columns: false, size: 0, depth: request.k }),
  );
