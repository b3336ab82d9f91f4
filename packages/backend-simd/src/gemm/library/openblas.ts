import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import { inspectOpenblas } from "./inspect-openblas.ts";
import { libraryGemm } from "./library-gemm.ts";
import { openblasFiles } from "./openblas-files.ts";

/**
 * The OpenBLAS that comes with the npm package of this platform, or that `trivium setup blas` put into the user's cache.
 *
 * @source https://github.com/MacPython/openblas-libs
 */
export const openblas: Plugin<"gemm", "openblas", GemmProvider> = gemmProvider(
  "openblas",
  libraryGemm({
    get libraries() {
      return openblasFiles();
    },
    convention: "cblas",
    symbol: "scipy_cblas_sgemm",
    inspect: (library) => inspectOpenblas(library, "scipy_"),
    remedy: "Run trivium setup blas, which needs no root",
  }),
  { description: "OpenBLAS from a package, through koffi." },
);
