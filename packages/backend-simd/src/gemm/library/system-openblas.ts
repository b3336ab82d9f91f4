import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import { inspectOpenblas } from "./inspect-openblas.ts";
import { libraryGemm } from "./library-gemm.ts";

/** The OpenBLAS that the system's loader finds. @source https://github.com/OpenMathLib/OpenBLAS */
export const systemOpenblas: Plugin<"gemm", "system-openblas", GemmProvider> = gemmProvider(
  "system-openblas",
  libraryGemm({
    libraries: ["libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib", "libopenblas.dylib", "libopenblas.dll"],
    convention: "cblas",
    symbol: "cblas_sgemm",
    inspect: (library) => inspectOpenblas(library, ""),
    remedy: "Install OpenBLAS with threads, on Debian and Ubuntu by apt-get install libopenblas0-pthread",
  }),
  { description: "The system's OpenBLAS, through koffi." },
);
