import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import type { Koffi, KoffiLibrary } from "./koffi.ts";
import { type Inspection, libraryGemm } from "./library-gemm.ts";

/**
 * Intel's oneDNN, fast on other makers' processors too.
 *
 * @source https://uxlfoundation.github.io/oneDNN/group_dnnl_api_blas.html
 */
export const onednn: Plugin<"gemm", "onednn", GemmProvider> = gemmProvider(
  "onednn",
  libraryGemm({
    libraries: ["libdnnl.so.2", "libdnnl.so.3", "libdnnl.so.1", "libdnnl.3.dylib", "libdnnl.dylib", "dnnl.dll"],
    convention: "dnnl",
    symbol: "dnnl_sgemm",
    symbolBf16: "dnnl_gemm_bf16bf16f32",
    inspect,
    remedy: "Install oneDNN 2 or 3, on Debian and Ubuntu by apt-get install libdnnl2",
  }),
  { description: "oneDNN, through koffi." },
);

/** Places in `dnnl_version_t`, in words of 4 bytes: a pointer lies between the patch and the runtime. */
const words = { major: 0, minor: 1, patch: 2, cpuRuntime: 6, count: 7 };
/** Values of `cpuRuntime`. */
const runtimes = { sequential: 1, openMp: 2 };

function inspect(library: KoffiLibrary, koffi: Koffi): Inspection | string {
  const about = koffi.decode(library.func("void *dnnl_version()")(), "int", words.count);
  // Which instructions it uses here, as bits.
  const isa = library.func("int dnnl_get_effective_cpu_isa()")() as number;
  const version = `${about[words.major]}.${about[words.minor]}.${about[words.patch]} isa 0x${isa.toString(16)}`;
  if (about[words.cpuRuntime] === runtimes.sequential) return { version, setUp: [] };
  if (about[words.cpuRuntime] !== runtimes.openMp) return "it was built with threads that cannot be turned off";
  // That of the OpenMP which the library was linked with, whichever it is; for the calling thread alone.
  return { version, setUp: [{ prototype: "void omp_set_num_threads(int)", values: [1] }] };
}
