import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import { inspectOpenblas } from "./inspect-openblas.ts";
import { type LibraryGemmDescription, libraryGemm } from "./library-gemm.ts";
import { openblasFiles, unpackOpenblas } from "./openblas-files.ts";

/** OpenBLAS as its wheel has it: the names of its functions have a prefix. */
export const openblasLibrary: Omit<LibraryGemmDescription, "libraries"> = {
  convention: "cblas",
  symbol: "scipy_cblas_sgemm",
  inspect: (library) => inspectOpenblas(library, "scipy_"),
  remedy: "Run trivium setup blas, which needs no root",
};

/**
 * The OpenBLAS that comes with the npm package of this platform, unpacked into the user's cache, or that `trivium setup blas`
 * put there.
 *
 * @source https://github.com/MacPython/openblas-libs
 */
export const openblas: Plugin<"gemm", "openblas", GemmProvider> = gemmProvider(
  "openblas",
  libraryGemm({
    ...openblasLibrary,
    prepare: unpackOpenblas,
    get libraries() {
      return openblasFiles();
    },
  }),
  { description: "OpenBLAS from a package, through koffi." },
);
