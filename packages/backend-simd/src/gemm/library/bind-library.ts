import type { LibraryFunctions, Product } from "../product.ts";
import { holdSignals } from "./hold-signals.ts";
import { type KoffiLibrary, loadKoffi } from "./koffi.ts";
import { onednnExponentials } from "./onednn-exponentials.ts";
import type { OnednnMajor } from "./onednn-primitives.ts";

/** How a library's products are called: as `dnnl_sgemm`, or as `cblas_sgemm` with 32-bit sizes. */
export type Convention = "dnnl" | "cblas";

/** A call that makes a library use one thread. */
export interface SetUpCall {
  /** In C: `"void omp_set_num_threads(int)"`. */
  readonly prototype: string;
  readonly values: readonly number[];
}

/** All that a thread needs to call a library: it can be posted to it. */
export interface LibraryBinding {
  /** The file that koffi is loaded from. */
  readonly koffi: string;
  /** The library's file name or path. */
  readonly library: string;
  readonly convention: Convention;
  /** The name of the function that multiplies float32 matrices. */
  readonly symbol: string;
  /** That of bfloat16 matrices to a float32 one. */
  readonly symbolBf16?: string | undefined;
  /** Made once on each thread. */
  readonly setUp: readonly SetUpCall[];
  /** Its kernels let the stack pointer point into the heap, so that a thread that calls it takes no signals. */
  readonly movesStack?: boolean | undefined;
  /** The library has the primitives of this major version of oneDNN. */
  readonly primitives?: OnednnMajor | undefined;
  /** Where the memory begins in the process: it never moves. */
  readonly base: number;
}

/**
 * Opens the library on the calling thread.
 *
 * @throws what koffi throws if a file or a symbol is missing.
 */
export function bindLibrary(binding: Omit<LibraryBinding, "base">): LibraryFunctions {
  const { koffi, library, convention, symbol, symbolBf16, setUp, movesStack, primitives } = binding;
  const loaded = loadKoffi(koffi);
  const opened = loaded.load(library);
  if (movesStack) holdSignals(opened, loaded);
  for (const { prototype, values } of setUp) opened.func(prototype)(...values);
  const convert = conventions[convention];
  return {
    product: convert(opened, symbol),
    productBf16: symbolBf16 === undefined ? undefined : convert(opened, symbolBf16),
    exponentials: primitives === undefined ? undefined : onednnExponentials(opened, loaded, primitives),
  };
}

type Convert = (library: KoffiLibrary, symbol: string) => Product;

const dnnl: Convert = (library, symbol) => {
  const sizes = "int64, int64, int64";
  const call = library.func(
    `int ${symbol}(char, char, ${sizes}, float, uintptr_t, int64, uintptr_t, int64, float, uintptr_t, int64)`,
  );
  const [no, yes] = [78, 84]; // N, T
  return (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const [ta, tb, beta] = [transposeA ? yes : no, transposeB ? yes : no, accumulate ? 1 : 0];
    const status = call(ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
    if (status !== 0) throw new Error(`${symbol} failed with status ${status}`);
  };
};

const cblas: Convert = (library, symbol) => {
  const sizes = "int, int, int";
  const call = library.func(
    `void ${symbol}(int, int, int, ${sizes}, float, uintptr_t, int, uintptr_t, int, float, uintptr_t, int)`,
  );
  const [rowMajor, no, yes] = [101, 111, 112];
  return (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const [ta, tb, beta] = [transposeA ? yes : no, transposeB ? yes : no, accumulate ? 1 : 0];
    call(rowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
  };
};

const conventions: Readonly<Record<Convention, Convert>> = { dnnl, cblas };
