import {
  openblasPackage,
  openblasPackageVersion,
} from "../../packages/backend-simd/src/gemm/library/openblas-release.ts";
import { openblasWheels } from "../../packages/backend-simd/src/setup/openblas-wheels.ts";

/** The npm packages with OpenBLAS, of which npm installs the one for the user's machine, with their versions. */
export const openblasDependencies: Readonly<Record<string, string>> = Object.fromEntries(
  [...openblasWheels.keys()].map((target) => [openblasPackage(target), openblasPackageVersion]),
);
