import { defineKind } from "@trivium/registry";
import type { LibraryBinding } from "./library/bind-library.ts";

/** What `probe` of a provider found. */
export type GemmProbe =
  | {
      readonly available: true;
      /** What decides the bits of its results besides its name: the library's version, and the code that it picked. */
      readonly version: string;
      readonly detail: string;
      /** True if it multiplies bfloat16 matrices, too; else why not, if there is more to say. */
      readonly bf16?: true | string | undefined;
      /** Why the WebAssembly kernel is faster here, so that the provider is used only where it is asked for. */
      readonly slow?: string | undefined;
    }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/**
 * One matrix product on the calling thread: `C = op(A)·op(B) (+ C)`, row-major.
 *
 * Addresses are what the memory's base and a byte offset add up to; leading dimensions are in elements. Where it does
 * not accumulate, it may not read C. `m`, `n` and `k` are at least 1.
 */
export type Product = (
  transposeA: boolean,
  transposeB: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  accumulate: boolean,
) => void;

/**
 * `y[i] = exp(x[i])` of `count` floats on the calling thread; addresses are as those of `Product`, and `y` may be `x`.
 *
 * An element's result is the same wherever a run is cut. `count` is at least 1. NaN may come out as infinity.
 */
export type Exponentials = (count: number, x: number, y: number) => void;

/** A provider at work on one memory. */
export interface OpenedGemm {
  /** Added to byte offsets in the memory before they are given to `product`. */
  readonly base: number;
  readonly product: Product;
  /** The same of bfloat16 matrices A and B; C is float32, and so is the sum. */
  readonly productBf16?: Product | undefined;
  /** The exponentials of many numbers, where the library has them. */
  readonly exponentials?: Exponentials | undefined;
  /** What workers open for themselves; a provider without it works on the main thread alone. */
  readonly inWorkers?: LibraryBinding;
}

/**
 * What multiplies large matrices on the memory of a backend, in place of the WebAssembly kernel.
 *
 * Products are cut into panels by their shape alone, and each panel is one call, on whichever thread: the same call must
 * give the same bits.
 */
export interface GemmProvider {
  /** Whether it multiplies here, rightly; never throws. Found once, and then known. */
  probe(): GemmProbe;
  /** Called only where it is available. */
  open(memory: WebAssembly.Memory): OpenedGemm;
}

/** The kind of plugins that multiply matrices: a value. */
export const gemmProvider = defineKind<GemmProvider>()("gemm");
