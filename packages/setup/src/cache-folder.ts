// Not imported, so that bundles for browsers need not know the modules.
const builtin = globalThis.process?.getBuiltinModule;

/**
 * Returns Trivium's folder among the user's caches: `TRIVIUM_CACHE`, else `trivium` in `XDG_CACHE_HOME`, else in the place
 * that the system has for caches (`~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`). Undefined outside of Node.
 *
 * @source XDG Base Directory Specification: a relative `XDG_CACHE_HOME` is ignored
 */
export function cacheFolder(): string | undefined {
  if (builtin === undefined) return undefined;
  const { isAbsolute, join, resolve } = builtin("node:path");
  const { TRIVIUM_CACHE, XDG_CACHE_HOME } = process.env;
  if (TRIVIUM_CACHE) return resolve(TRIVIUM_CACHE);
  const named = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : undefined;
  return join(named ?? systemCaches(), "trivium");
}

function systemCaches(): string {
  const { join } = builtin!("node:path");
  const home = builtin!("node:os").homedir();
  if (process.platform === "darwin") return join(home, "Library", "Caches");
  if (process.platform === "win32") return process.env.LOCALAPPDATA || join(home, "AppData", "Local");
  return join(home, ".cache");
}

/**
 * Returns the folder of a setup, if that version is set up and each of its files still has its size: to load a library
 * that was cut short would end the process. Nothing is loaded from the folder.
 *
 * @param name - the setup's name: `"tfjs-node"`.
 */
export function setupFolder(name: string, version: string): string | undefined {
  const cache = cacheFolder();
  if (cache === undefined) return undefined;
  const folder = builtin!("node:path").join(cache, name, version);
  return isWhole(folder) ? folder : undefined;
}

/** The file of a setup's folder that says where the others are from, and how long they are. */
export const SETUP_FILE = "setup.json";

function isWhole(folder: string): boolean {
  const { readFileSync, statSync } = builtin!("node:fs");
  const { join } = builtin!("node:path");
  try {
    const { bytes } = JSON.parse(readFileSync(join(folder, SETUP_FILE), "utf8")) as { bytes?: Record<string, number> };
    return Object.entries(bytes ?? {}).every(([file, size]) => statSync(join(folder, file)).size === size);
  } catch {
    return false;
  }
}
