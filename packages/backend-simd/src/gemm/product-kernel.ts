import type { Kernel } from "../threads/share.ts";
import { binaryCodes } from "../wasm/codes.ts";
import type { WasmKernels } from "../wasm/wasm-kernels.ts";
import type { OpenedGemm } from "./gemm-provider.ts";
import { argument, engines, NO_ACTIVATION } from "./product-arguments.ts";

/** A part of C within one matrix of the batch. */
interface Part {
  readonly matrix: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/**
 * The kernel of matrix products on one thread, after which the epilogue runs on the same rows.
 *
 * Its work units are panels where a provider multiplies; else rows of the whole batch, or columns.
 */
export function productKernel(wasm: WasmKernels, provider: Omit<OpenedGemm, "inWorkers"> | undefined): Kernel {
  return (...args) => {
    const [start, end] = args.splice(-2) as [number, number];
    if (args[argument.engine] === engines.wasm) multiplyInWasm(wasm, args, start, end);
    else for (let panel = start; panel < end; panel++) multiplyPanel(wasm, provider!, args, panel);
    return undefined;
  };
}

function multiplyPanel(
  wasm: WasmKernels,
  { base, product, productBf16 }: Omit<OpenedGemm, "inWorkers">,
  args: readonly number[],
  panel: number,
): void {
  const part = partOf(args, panel);
  const { matrix, row, rows, column, columns } = part;
  const [transposeA, transposeB] = [args[argument.transposeA] === 1, args[argument.transposeB] === 1];
  const [lda, ldb, ldc] = [args[argument.lda]!, args[argument.ldb]!, args[argument.ldc]!];
  const isBf16 = args[argument.engine] === engines.providerBf16;
  const multiply = isBf16 ? productBf16! : product;
  const bytes = isBf16 ? 2 : 4;
  const a = args[argument.a]! + bytes * (matrix * args[argument.strideA]! + row * (transposeA ? 1 : lda));
  const b = args[argument.b]! + bytes * (matrix * args[argument.strideB]! + column * (transposeB ? ldb : 1));
  const y = resultOf(args) + 4 * offsetInC(args, part);
  const accumulate = args[argument.accumulate] === 1;
  const k = args[argument.k]!;
  multiply(transposeA, transposeB, rows, columns, k, base + a, lda, base + b, ldb, base + y, ldc, accumulate);
  addBias(wasm, args, part);
  activate(wasm, args, part);
}

function partOf(args: readonly number[], panel: number): Part {
  const [m, n, size] = [args[argument.m]!, args[argument.n]!, args[argument.panel]!];
  const length = args[argument.columns] === 1 ? n : m;
  const panels = Math.ceil(length / size);
  const matrix = Math.floor(panel / panels);
  const first = (panel - matrix * panels) * size;
  const count = Math.min(size, length - first);
  return args[argument.columns] === 1
    ? { matrix, row: 0, rows: m, column: first, columns: count }
    : { matrix, row: first, rows: count, column: 0, columns: n };
}

/** Where the sum goes: the activation's derivative takes its place, if that is wanted. */
const resultOf = (args: readonly number[]): number => args[argument.slope]! || args[argument.c]!;

const offsetInC = (args: readonly number[], { matrix, row, column }: Part): number =>
  matrix * args[argument.strideC]! + row * args[argument.ldc]! + column;

function addBias(wasm: WasmKernels, args: readonly number[], part: Part): void {
  const bias = args[argument.bias]!;
  if (bias === 0) return;
  const b = bias + 4 * part.column;
  eachRun(args, part, (offset, rows, columns) => {
    const y = resultOf(args) + 4 * offset;
    wasm.binary(binaryCodes.add, y, columns, 1, b, 0, 1, y, columns, 0, rows * columns);
  });
}

function activate(wasm: WasmKernels, args: readonly number[], part: Part): void {
  const code = args[argument.activation]!;
  if (code === NO_ACTIVATION) return;
  eachRun(args, part, (offset, rows, columns) => {
    const from = resultOf(args) + 4 * offset;
    wasm.activation(code, from, args[argument.c]! + 4 * offset, args[argument.slope]! && from, 0, rows * columns);
  });
}

/** The part's rows, all at once where nothing lies between them. */
function eachRun(
  args: readonly number[],
  part: Part,
  run: (offset: number, rows: number, columns: number) => void,
): void {
  const { rows, columns } = part;
  const ldc = args[argument.ldc]!;
  const offset = offsetInC(args, part);
  if (columns === ldc) run(offset, rows, columns);
  else for (let row = 0; row < rows; row++) run(offset + row * ldc, 1, columns);
}

function multiplyInWasm(wasm: WasmKernels, args: readonly number[], start: number, end: number): void {
  const at = (name: keyof typeof argument) => args[argument[name]]!;
  const m = at("m");
  // Every row of some columns is a product of its own, by the part of B (and bias) that these columns come from.
  const [column, columns] = at("columns") === 1 ? [start, end - start] : [0, at("n")];
  const [first, last] = at("columns") === 1 ? [0, m] : [start, end];
  const b = at("b") + 4 * column * (at("transposeB") === 1 ? at("ldb") : 1);
  const bias = at("bias") && at("bias") + 4 * column;
  wasm.gemm(
    ...([at("transposeA"), at("transposeB"), m, columns, at("k"), at("a"), at("lda"), at("strideA")] as const),
    ...([b, at("ldb"), at("strideB"), resultOf(args) + 4 * column, at("ldc"), at("strideC")] as const),
    ...([at("accumulate"), bias, at("scratch"), first, last] as const),
  );
  for (let done = first; done < last; ) {
    const matrix = Math.floor(done / m);
    const row = done - matrix * m;
    const rows = Math.min(m - row, last - done);
    activate(wasm, args, { matrix, row, rows, column, columns });
    done += rows;
  }
}
