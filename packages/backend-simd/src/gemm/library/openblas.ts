import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import type { KoffiLibrary } from "./koffi.ts";
import { type Inspection, libraryGemm } from "./library-gemm.ts";

/** OpenBLAS: in every distribution. @source https://github.com/OpenMathLib/OpenBLAS */
export const openblas: Plugin<"gemm", "openblas", GemmProvider> = gemmProvider(
  "openblas",
  libraryGemm({
    libraries: ["libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib", "libopenblas.dylib", "libopenblas.dll"],
    convention: "cblas",
    symbol: "cblas_sgemm",
    inspect,
    remedy: "Install OpenBLAS with threads, on Debian and Ubuntu by apt-get install libopenblas0-pthread",
  }),
  { description: "OpenBLAS, through koffi." },
);

function inspect(library: KoffiLibrary): Inspection | string {
  const config = library.func("const char *openblas_get_config()")() as string;
  if (config.includes("USE64BITINT")) return "it was built with 64-bit sizes";
  if (library.func("int openblas_get_parallel()")() === 0) {
    return "it was built without threads, and may not be called from several";
  }
  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64": the processor decides the bits too.
  const version = config.match(/\d+\.\d+\.\d+\S*/)?.[0] ?? "of unknown version";
  const core = library.func("const char *openblas_get_corename()")() as string;
  return {
    version: `${version} ${core}`,
    setUp: [{ prototype: "void openblas_set_num_threads(int)", values: [1] }],
  };
}
