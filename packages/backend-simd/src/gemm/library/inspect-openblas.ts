import type { KoffiLibrary } from "./koffi.ts";
import type { Inspection } from "./library-gemm.ts";

/** Names of the code that OpenBLAS runs on x86 processors without AVX, and on those that are newer than itself. */
const ancient =
  /^(Katmai|Coppermine|Northwood|Prescott|Banias|Core2|Penryn|Dunnington|Nehalem|Atom|Athlon|Opteron|Barcelona|Bobcat|Nano|Generic)/i;

/**
 * Inspects an OpenBLAS library.
 *
 * @param prefix - what the names of its functions begin with.
 * @returns its version with the name of the code that it picked, or the reason why it cannot be used.
 */
export function inspectOpenblas(library: KoffiLibrary, prefix: string): Inspection | string {
  const config = library.func(`const char *${prefix}openblas_get_config()`)() as string;
  if (config.includes("USE64BITINT")) return "it was built with 64-bit sizes";
  if (library.func(`int ${prefix}openblas_get_parallel()`)() === 0) {
    return "it was built without threads, and may not be called from several";
  }
  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64": the processor decides the bits too.
  const version = config.match(/\d+\.\d+\.\d+\S*/)?.[0] ?? "of unknown version";
  const core = library.func(`const char *${prefix}openblas_get_corename()`)() as string;
  return {
    version: `${version} ${core}`,
    slow: ancient.test(core) ? `it does not know this processor and multiplies as on a ${core}` : undefined,
    setUp: [{ prototype: `void ${prefix}openblas_set_num_threads(int)`, values: [1] }],
  };
}
