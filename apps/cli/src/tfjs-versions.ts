import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const tfjsCore = "@tensorflow/tfjs-core";

/**
 * The versions of tfjs-core that a package and its `@trivium` and `@tensorflow` dependencies load, each with the
 * packages that load it. Two in one program have half of the kernels each.
 *
 * @param manifest - where the `package.json` of the package is.
 */
export function tfjsVersions(manifest: URL): Map<string, string[]> {
  const versions = new Map<string, string[]>();
  const seen = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const { name, version, dependencies, peerDependencies } = JSON.parse(readFileSync(url, "utf8")) as Manifest;
    if (name === tfjsCore && !versions.has(version)) versions.set(version, []);
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
      const found = /^@(trivium|tensorflow)\//.test(dependency) ? manifestOf(dependency, url) : undefined;
      if (!found) continue;
      visit(found);
      if (dependency === tfjsCore) versions.get(versionOf(found))?.push(name);
    }
  };
  visit(manifest);
  return versions;
}

const versionOf = (url: URL): string => (JSON.parse(readFileSync(url, "utf8")) as Manifest).version;

/** Nothing for a peer that is not installed. */
function manifestOf(dependency: string, from: URL): URL | undefined {
  try {
    return pathToFileURL(createRequire(from).resolve(`${dependency}/package.json`));
  } catch {
    return undefined;
  }
}
