import { createWasmKernels } from "../wasm/create-wasm-kernels.ts";
import type { GemmProvider } from "./gemm-provider.ts";
import type { MatmulPrecision } from "./matmul-precision.ts";

/** Rows, columns and terms of the timed product, in which converting costs the share that it has in a training step. */
const SIZE = 448;
const ELEMENTS = SIZE * SIZE;
const PAGE = 65_536;
const ROUNDS = 12;

const known = new WeakMap<GemmProvider, Partial<Record<MatmulPrecision, number>>>();

/**
 * Measures a matrix product of 448 × 448 × 448 on one thread, in bf16 with the conversion of its inputs. The first
 * answer is kept, so that one process decides once.
 *
 * @returns the seconds of the fastest of several rounds, which take some hundredths of a second.
 */
export function productSeconds(provider: GemmProvider, precision: MatmulPrecision): number {
  const seconds = known.get(provider)?.[precision] ?? measure(provider, precision);
  known.set(provider, { ...known.get(provider), [precision]: seconds });
  return seconds;
}

function measure(provider: GemmProvider, precision: MatmulPrecision): number {
  const multiply = (precision === "f32" ? inF32 : inBf16)(provider);
  const seconds = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    multiply();
    return (performance.now() - begin) / 1000;
  });
  return Math.min(...seconds);
}

// The first page belongs to the kernels.
const [A, B, C, HALVES_A, HALVES_B] = [0, 4, 8, 12, 14].map((bytes) => PAGE + bytes * ELEMENTS) as [
  ...[number, number, number, number, number],
];

function newMemory(): WebAssembly.Memory {
  const pages = 1 + Math.ceil((16 * ELEMENTS) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Float32Array(memory.buffer, A, 2 * ELEMENTS).fill(1);
  return memory;
}

function inF32(provider: GemmProvider): () => void {
  const { base, product } = provider.open(newMemory());
  return () => product(false, false, SIZE, SIZE, SIZE, base + A, SIZE, base + B, SIZE, base + C, SIZE, false);
}

function inBf16(provider: GemmProvider): () => void {
  const memory = newMemory();
  const { kernels } = createWasmKernels(memory);
  const { base, productBf16 } = provider.open(memory);
  const [a, b] = [base + HALVES_A, base + HALVES_B];
  return () => {
    kernels.toBf16(A, HALVES_A, 0, ELEMENTS);
    kernels.toBf16(B, HALVES_B, 0, ELEMENTS);
    productBf16!(false, false, SIZE, SIZE, SIZE, a, SIZE, b, SIZE, base + C, SIZE, false);
  };
}
