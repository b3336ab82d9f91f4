/**
 * Hooks of pnpm. The packages with OpenBLAS become optional dependencies when `@trivium/backend-simd` is packed, and not
 * before: `pnpm openblas-packages` fills them for a release, and what is not published would break frozen installs.
 */
export const hooks = {
  async beforePacking(manifest) {
    if (manifest.name !== "@trivium/backend-simd") return manifest;
    // Imported here, since every install loads this file, on whatever Node.
    const { openblasDependencies } = await import("./scripts/packing/openblas-dependencies.ts");
    const optionalDependencies = { ...manifest.optionalDependencies, ...openblasDependencies };
    return { ...manifest, optionalDependencies };
  },
};
