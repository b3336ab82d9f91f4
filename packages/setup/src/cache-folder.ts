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
 * Returns the folder of a setup, if that version is set up. Nothing is loaded from it.
 *
 * @param name - the setup's name: `"tfjs-node"`.
 */
export function setupFolder(name: string, version: string): string | undefined {
  const cache = cacheFolder();
  if (cache === undefined) return undefined;
  const folder = builtin!("node:path").join(cache, name, version);
  return builtin!("node:fs").existsSync(folder) ? folder : undefined;
}
