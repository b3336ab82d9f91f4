import type { Plugin } from "@trivium/registry";
import { type Machine, type Setup, setup } from "@trivium/setup";
import { openblasLibrary } from "../gemm/library/openblas.ts";
import { openblasFile, openblasVersion } from "../gemm/library/openblas-release.ts";
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
    archives: (machine) => {
      const target = openblasTarget(machine);
      const wheel = openblasWheels.get(target);
      if (wheel !== undefined) return [wheel.archive];
      return { reason: `there is no build of OpenBLAS for ${target}`, remedy: "Use the system's BLAS, or wasm" };
    },
    ...librarySetup(openblasFile(process.platform), openblasLibrary),
  },
  {
    description: "OpenBLAS for the matrix products of simd: training takes half the time that it takes in WebAssembly",
  },
);

/** Returns the end of the name of the npm package for a machine: `"linux-x64"`, `"linuxmusl-arm64"`. */
export function openblasTarget({ platform, arch }: Machine): string {
  return `${platform}${platform === "linux" && isMusl() ? "musl" : ""}-${arch}`;
}
