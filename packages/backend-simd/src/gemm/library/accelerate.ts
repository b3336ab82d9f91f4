import type { Plugin } from "@trivium/registry";
import { type GemmProvider, gemmProvider } from "../gemm-provider.ts";
import { libraryGemm } from "./library-gemm.ts";

const SINGLE_THREADED = 1;

/**
 * The BLAS of macOS. Untested: none of the project's machines has it.
 *
 * @source https://developer.apple.com/documentation/accelerate/blassetthreading(_:)
 */
export const accelerate: Plugin<"gemm", "accelerate", GemmProvider> = gemmProvider(
  "accelerate",
  libraryGemm({
    libraries: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
    convention: "cblas",
    symbol: "cblas_sgemm",
    inspect: () => ({
      version: "of the system (untested)",
      setUp: [{ prototype: "int BLASSetThreading(unsigned int)", values: [SINGLE_THREADED] }],
    }),
    remedy: "It comes with macOS 15 and newer (untested)",
  }),
  { description: "Apple's Accelerate, through koffi; untested." },
);
