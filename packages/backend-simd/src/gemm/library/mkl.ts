import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import type { Koffi, KoffiLibrary } from "./koffi.ts";
import { type Inspection, libraryGemm } from "./library-gemm.ts";

/**
 * Intel's oneAPI Math Kernel Library. Untested: none of the project's machines has it.
 *
 * @source https://www.intel.com/content/www/us/en/docs/onemkl/developer-reference-c
 */
export const mkl: Plugin<"gemm", "mkl", GemmProvider> = gemmProvider(
  "mkl",
  libraryGemm({
    libraries: ["libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so", "mkl_rt.2.dll", "mkl_rt.dll"],
    convention: "cblas",
    symbol: "cblas_sgemm",
    inspect,
    remedy: "Install oneMKL so that the loader finds libmkl_rt, on Debian by apt-get install libmkl-rt (untested)",
  }),
  { description: "Intel MKL, through koffi; untested." },
);

const VERSION_BYTES = 200;
/** Reproducible from run to run, on the best code for this processor. */
const MKL_CBWR_AUTO = 2;

function inspect(library: KoffiLibrary, koffi: Koffi): Inspection {
  const text = new Uint8Array(VERSION_BYTES);
  library.func("void MKL_Get_Version_String(uintptr_t, int)")(koffi.address(text), VERSION_BYTES);
  const version = new TextDecoder().decode(text.subarray(0, text.indexOf(0))).trim();
  return {
    version: `${version} (untested)`,
    setUp: [
      { prototype: "int MKL_CBWR_Set(int)", values: [MKL_CBWR_AUTO] },
      { prototype: "int MKL_Set_Num_Threads_Local(int)", values: [1] },
    ],
  };
}
