/** What there is of tfjs-node on this machine. */
export type Addon =
  | { readonly state: "not-installed" }
  | { readonly state: "no-addon"; readonly host: string }
  | { readonly state: "found"; readonly path: string };

interface Manifest {
  readonly binary: { readonly host: string; readonly module_name: string; readonly napi_versions: readonly number[] };
}

/** Looks for tfjs-node and its native addon, which its install script downloads, without loading either. */
export function findAddon(require: NodeJS.Require): Addon {
  const { existsSync } = process.getBuiltinModule("node:fs");
  let manifestPath: string;
  try {
    manifestPath = require.resolve("@tensorflow/tfjs-node/package.json");
  } catch {
    return { state: "not-installed" };
  }
  const { binary } = require(manifestPath) as Manifest;
  const folder = manifestPath.replace(/package\.json$/, "");
  const paths = binary.napi_versions.map((version) => `${folder}lib/napi-v${version}/${binary.module_name}.node`);
  const path = paths.findLast((candidate) => existsSync(candidate));
  return path === undefined ? { state: "no-addon", host: new URL(binary.host).host } : { state: "found", path };
}
