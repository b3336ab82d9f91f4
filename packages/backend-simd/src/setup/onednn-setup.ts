import type { Plugin } from "@trivium/registry";
import { type Setup, type SetupArchive, setup } from "@trivium/setup";
import { onednnFile, onednnLibrary, onednnVersion } from "../gemm/library/onednn.ts";
import { isMusl, librarySetup } from "./library-setup.ts";

const archive: SetupArchive = {
  client: "pip",
  package: `onednn-cpu-gomp==${onednnVersion}`,
  file: `onednn_cpu_gomp-${onednnVersion}-py2.py3-none-manylinux1_x86_64.whl`,
  sha256: "2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb",
  keep: (path) => /\/(libdnnl\.so\.3|LICENSE|THIRD-PARTY-PROGRAMS)$/.exec(path)?.[1],
};

/** oneDNN 3.2 in the user's cache folder, for the GEMM provider `onednn` where the system has none. */
export const onednnSetup: Plugin<"setup", "onednn", Setup> = setup(
  "onednn",
  {
    version: onednnVersion,
    license: "Apache-2.0",
    fetchedBytes: 39e6,
    keptBytes: 55e6,
    archives: ({ platform, arch }) =>
      platform === "linux" && arch === "x64" && !isMusl()
        ? [archive]
        : { reason: "there is a build of oneDNN for Linux with glibc on x64 alone", remedy: "Run trivium setup blas" },
    ...librarySetup(onednnFile, onednnLibrary),
  },
  { description: "oneDNN for the matrix products of simd, in bf16 too where the processor has AMX or AVX-512 BF16" },
);
