import { cacheFolder, setupFolder } from "@trivium/setup";
import { openblasFile, openblasPackage, openblasPacked, openblasVersion } from "./openblas-release.ts";

// Not imported, so that bundles for browsers need not know the modules.
const builtin = globalThis.process?.getBuiltinModule;

/** Returns the files that may hold OpenBLAS here: that of an npm package, unpacked, then that of `trivium setup blas`. */
export function openblasFiles(): readonly string[] {
  if (builtin === undefined) return [];
  const folder = setupFolder("blas", openblasVersion);
  const cached = folder && builtin("node:path").join(folder, openblasFile(process.platform));
  return [packedLibrary() && unpackedPath(), cached].filter((path) => path !== undefined);
}

/**
 * Unpacks the OpenBLAS of an npm package into the user's cache folder, where it is not there yet: compressed it is a
 * quarter of its size.
 *
 * @returns why it cannot be unpacked. Undefined if it is there, or there is no such package.
 */
export function unpackOpenblas(): string | undefined {
  const packed = packedLibrary();
  if (packed === undefined || openblasFiles().some((path) => builtin!("node:fs").existsSync(path))) return undefined;
  const path = unpackedPath();
  if (path === undefined) return `there is no folder to unpack ${packed} into; set TRIVIUM_CACHE to one`;
  return unpackInto(packed, path);
}

/** Unpacks a library that Brotli compressed. @returns why it cannot be unpacked; undefined if it is there. */
export function unpackInto(packed: string, path: string): string | undefined {
  try {
    unpack(packed, path);
    return undefined;
  } catch (cause) {
    // Another process may have been faster.
    if (builtin!("node:fs").existsSync(path)) return undefined;
    const problem = `${packed} cannot be unpacked into ${path}: ${(cause as Error).message}`;
    return `${problem}; set TRIVIUM_CACHE to a folder that can be written`;
  }
}

/** Writes the file under another name first, so that no part of it is ever taken for the whole. */
function unpack(packed: string, path: string): void {
  const fs = builtin!("node:fs");
  const half = `${path}.${process.pid}`;
  fs.mkdirSync(builtin!("node:path").dirname(path), { recursive: true });
  try {
    fs.writeFileSync(half, builtin!("node:zlib").brotliDecompressSync(fs.readFileSync(packed)));
    fs.renameSync(half, path);
  } finally {
    fs.rmSync(half, { force: true });
  }
}

function unpackedPath(): string | undefined {
  const cache = cacheFolder();
  return cache && builtin!("node:path").join(cache, "openblas", openblasVersion, openblasFile(process.platform));
}

/** The compressed library of the npm package for this machine. */
function packedLibrary(): string | undefined {
  const { platform, arch } = process;
  // npm installs the one for this C library; another would not load.
  const systems = platform === "linux" ? ["linux", "linuxmusl"] : [platform];
  const names = systems.map((system) => `${openblasPackage(`${system}-${arch}`)}/${openblasPacked(platform)}`);
  return names.map(resolved).find((path) => path !== undefined);
}

function resolved(name: string): string | undefined {
  try {
    return builtin!("node:module")
      .createRequire(import.meta.url)
      .resolve(name);
  } catch {
    return undefined;
  }
}
