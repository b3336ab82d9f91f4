/** The release of the wheel `scipy-openblas32` that the library comes from. */
export const openblasVersion = "0.3.34.481.3";

/**
 * The version of the npm packages that carry it: that of OpenBLAS. npm knows three numbers, so that another build of
 * the same release needs a last number of its own.
 */
export const openblasPackageVersion = "0.3.34";

/** Returns the npm package with the library for `"linux-x64"`, `"linuxmusl-arm64"`, `"win32-x64"` … */
export const openblasPackage = (target: string): string => `@trivium/openblas-${target}`;

/** Returns the name of the library's file on a platform of Node.js: `"linux"`, `"darwin"`, `"win32"`. */
export const openblasFile = (platform: string): string =>
  `libscipy_openblas.${{ darwin: "dylib", win32: "dll" }[platform] ?? "so"}`;

/** Returns the name of the file of an npm package that holds the library, compressed by Brotli. */
export const openblasPacked = (platform: string): string => `${openblasFile(platform)}.br`;
