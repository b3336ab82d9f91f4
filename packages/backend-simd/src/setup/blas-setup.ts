import type { Plugin } from "@trivium/registry";
import { type Setup, setup } from "@trivium/setup";
import { openblasLibrary } from "../gemm/library/openblas.ts";
import { openblasFile, openblasVersion } from "../gemm/library/openblas-files.ts";
import { isMusl, librarySetup } from "./library-setup.ts";
import { openblasLicense, openblasWheels } from "./openblas-wheels.ts";

/** OpenBLAS in the user's cache folder, for the GEMM provider `openblas`. */
export const blasSetup: Plugin<"setup", "blas", Setup> = setup(
  "blas",
  {
    version: openblasVersion,
    license: openblasLicense,
    fetchedBytes: 8e6,
    keptBytes: 25e6,
    archives: ({ platform, arch }) => {
      const name = `${platform}${platform === "linux" && isMusl() ? "musl" : ""}-${arch}`;
      const wheel = openblasWheels.get(name);
      if (wheel !== undefined) return [wheel.archive];
      return { reason: `there is no build of OpenBLAS for ${name}`, remedy: "Use the system's BLAS, or wasm" };
    },
    ...librarySetup(openblasFile(process.platform), openblasLibrary),
  },
  {
    description: "OpenBLAS for the matrix products of simd: training takes half the time that it takes in WebAssembly",
  },
);
