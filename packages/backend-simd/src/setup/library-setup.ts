import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsupportedError } from "@trivium/core";
import type { Setup } from "@trivium/setup";
import { koffiPath } from "../gemm/library/koffi.ts";
import { type LibraryGemmDescription, libraryGemm, NO_KOFFI } from "../gemm/library/library-gemm.ts";

/**
 * The checks of a setup that brings a library: koffi is there, and the library multiplies.
 *
 * @param file - the library's name in the setup's folder.
 */
export function librarySetup(
  file: string,
  library: Omit<LibraryGemmDescription, "libraries">,
): Pick<Setup, "check" | "finish"> {
  return {
    check: async () => {
      if (koffiPath() === undefined) throw unusable(NO_KOFFI);
    },
    finish: async (folder) => {
      // Windows renames no folder that holds a loaded library.
      const scratch = await mkdtemp(join(tmpdir(), "trivium-library-"));
      try {
        await copyFile(join(folder, file), join(scratch, file));
        const probe = libraryGemm({ ...library, libraries: [join(scratch, file)] }).probe();
        if (!probe.available) throw unusable({ reason: probe.reason, remedy: "Use the system's BLAS, or wasm" });
      } finally {
        await rm(scratch, { recursive: true, force: true }).catch(() => {});
      }
    },
  };
}

const unusable = ({ reason, remedy }: { readonly reason: string; readonly remedy: string }) =>
  new UnsupportedError("simd/library-setup", `the library cannot be used here: ${reason}. ${remedy}`);

/** Whether this is a Linux whose C library is musl. */
export function isMusl(): boolean {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return process.platform === "linux" && header.glibcVersionRuntime === undefined;
}
