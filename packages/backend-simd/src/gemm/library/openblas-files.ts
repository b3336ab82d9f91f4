import { setupFolder } from "@trivium/setup";

// Not imported, so that bundles for browsers need not know the modules.
const builtin = globalThis.process?.getBuiltinModule;

/** The release of the wheel `scipy-openblas32` that the library comes from. */
export const openblasVersion = "0.3.34.481.3";

/** Returns the name of the library's file on a platform of Node.js: `"linux"`, `"darwin"`, `"win32"`. */
export const openblasFile = (platform: string): string =>
  `libscipy_openblas.${{ darwin: "dylib", win32: "dll" }[platform] ?? "so"}`;

/** Returns the files that hold OpenBLAS here: that of an npm package, then that of `trivium setup blas`. */
export function openblasFiles(): readonly string[] {
  if (builtin === undefined) return [];
  const { platform, arch } = process;
  const file = openblasFile(platform);
  // npm installs the one for this C library; another would not load.
  const systems = platform === "linux" ? ["linux", "linuxmusl"] : [platform];
  const packaged = systems.map((system) => resolved(`@trivium/openblas-${system}-${arch}/${file}`));
  const folder = setupFolder("blas", openblasVersion);
  const cached = folder && builtin("node:path").join(folder, file);
  return [...packaged, cached].filter((path) => path !== undefined);
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
