// Not imported, so that bundles for browsers need not know the modules.
const builtin = globalThis.process?.getBuiltinModule;

/** Names of the library's file: on Linux, macOS, Windows on x64, and Windows on arm64. */
const names = ["libscipy_openblas.so", "libscipy_openblas.dylib", "libscipy_openblas.dll", "scipy_openblas.dll"];

/** Returns the files that may hold OpenBLAS: `TRIVIUM_OPENBLAS`, those of npm packages, those of `trivium setup blas`. */
export function openblasFiles(): readonly string[] {
  const { TRIVIUM_OPENBLAS: given } = globalThis.process?.env ?? {};
  return given ? [given] : [];
}
