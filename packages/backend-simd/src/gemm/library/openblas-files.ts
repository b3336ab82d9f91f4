import { setupFolder } from "@trivium/setup";
import { openblasFile, openblasPackage, openblasVersion } from "./openblas-release.ts";

// Not imported, so that bundles for browsers need not know the modules.
const builtin = globalThis.process?.getBuiltinModule;

/** Returns the files that hold OpenBLAS here: that of an npm package, then that of `trivium setup blas`. */
export function openblasFiles(): readonly string[] {
  if (builtin === undefined) return [];
  const { platform, arch } = process;
  const file = openblasFile(platform);
  // npm installs the one for this C library; another would not load.
  const systems = platform === "linux" ? ["linux", "linuxmusl"] : [platform];
  const packaged = systems.map((system) => resolved(`${openblasPackage(`${system}-${arch}`)}/${file}`));
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
