import type { Plugin } from "@trivium/registry";
import { setupFolder } from "@trivium/setup";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import type { Koffi, KoffiLibrary } from "./koffi.ts";
import { type Inspection, type LibraryGemmDescription, libraryGemm } from "./library-gemm.ts";

/** The release of the wheel `onednn-cpu-gomp` that `trivium setup onednn` brings: oneDNN 3.2. */
export const onednnVersion = "2023.2.0";

/** The library's file in that wheel. */
export const onednnFile = "libdnnl.so.3";

const names = ["libdnnl.so.2", onednnFile, "libdnnl.so.1", "libdnnl.3.dylib", "libdnnl.dylib", "dnnl.dll"];

/** oneDNN, whatever its version. */
export const onednnLibrary: Omit<LibraryGemmDescription, "libraries"> = {
  convention: "dnnl",
  symbol: "dnnl_sgemm",
  symbolBf16: "dnnl_gemm_bf16bf16f32",
  movesStack: true,
  inspect,
  remedy: "On Linux, trivium setup onednn needs no root; on Debian and Ubuntu there is apt-get install libdnnl2, too",
};

/**
 * Intel's oneDNN, fast on other makers' processors too: the system's, else that of `trivium setup onednn`.
 *
 * @source https://uxlfoundation.github.io/oneDNN/group_dnnl_api_blas.html
 */
export const onednn: Plugin<"gemm", "onednn", GemmProvider> = gemmProvider(
  "onednn",
  libraryGemm({
    ...onednnLibrary,
    get libraries() {
      const folder = setupFolder("onednn", onednnVersion);
      return folder === undefined ? names : [...names, `${folder}/${onednnFile}`];
    },
  }),
  { description: "oneDNN, through koffi." },
);

/** Places in `dnnl_version_t`, in words of 4 bytes: a pointer lies between the patch and the runtime. */
const words = { major: 0, minor: 1, patch: 2, cpuRuntime: 6, count: 7 };
/** Major versions whose primitives are called. */
const majors = [2, 3] as const;
/** Values of `cpuRuntime`. */
const runtimes = { sequential: 1, openMp: 2 };

function inspect(library: KoffiLibrary, koffi: Koffi): Inspection | string {
  const about = koffi.decode(library.func("void *dnnl_version()")(), "int", words.count);
  // Which instructions it uses here, as bits.
  const isa = library.func("int dnnl_get_effective_cpu_isa()")() as number;
  const version = `${about[words.major]}.${about[words.minor]}.${about[words.patch]} isa 0x${isa.toString(16)}`;
  const primitives = majors.find((major) => major === about[words.major]);
  if (about[words.cpuRuntime] === runtimes.sequential) return { version, setUp: [], primitives };
  if (about[words.cpuRuntime] !== runtimes.openMp) return "it was built with threads that cannot be turned off";
  // That of the OpenMP which the library was linked with, whichever it is; for the calling thread alone.
  return { version, setUp: [{ prototype: "void omp_set_num_threads(int)", values: [1] }], primitives };
}
