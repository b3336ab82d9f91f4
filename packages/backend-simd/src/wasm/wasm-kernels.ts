import type { Exponentials, Product } from "../gemm/product.ts";
import type { WasmExports } from "../generated/wasm-exports.ts";

/**
 * The raw kernels: every export of the assembly, over byte offsets into one shared memory. Each is described where it stands.
 *
 * Tensors are dense and row-major; "bool" is one byte, 0 or 1. Nothing is allocated: outputs and scratch are passed
 * in, and an output may be an input of the same shape in `binary`, `unary`, `select`, `softmax`, `dropout`,
 * `activation` and `adamW` only (`softmaxCrossEntropyGradient` has one for both). Nothing is checked: a wrong offset or size
 * corrupts memory. The first page (64 KiB) belongs to the kernels' constants.
 *
 * The last two arguments of each kernel are its range `[start, end)` over work units (rows, or elements of the
 * output: see each). A result never depends on how the whole range is cut, bit for bit, so a pool may split it.
 */
export type WasmKernels = WasmExports;

type Numeric<Values> = { [Index in keyof Values]: number };
type Imported<Function extends (...values: never[]) => void> = (...values: Numeric<Parameters<Function>>) => void;

/** A library's products and functions as kernels call them: numbers alone, with byte offsets into the memory as addresses. */
export interface LibraryProducts {
  readonly product: Imported<Product>;
  readonly productBf16: Imported<Product>;
  readonly exponentials: Imported<Exponentials>;
}
