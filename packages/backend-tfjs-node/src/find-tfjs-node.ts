import { setupFolder } from "@trivium/setup";
import type { Probe } from "@trivium/tensor";
import { LIBTENSORFLOW, NAME, TFJS_NODE } from "./versions.ts";

/** The files of tfjs-node on this machine. */
export interface TfjsNodeFiles {
  /** The folder of the package `@tensorflow/tfjs-node`, which ends in a slash. */
  readonly package: string;
  /** The addon; libtensorflow stands where the addon looks for it. */
  readonly addon: string;
  /** Where they come from, for people. */
  readonly detail: string;
}

/** What is missing, and what brings it. */
export type Missing = Extract<Probe, { readonly available: false }>;

/**
 * Looks for the files of tfjs-node, and loads none of them: in the place of `trivium setup tfjs-node`, else where the
 * package's own install script puts them.
 *
 * @param from - a file or folder from whose `node_modules` the package is taken; nothing else is looked at then.
 */
export function findTfjsNode(from?: string): TfjsNodeFiles | Missing {
  const folder = from === undefined ? setupFolder(NAME, LIBTENSORFLOW) : undefined;
  if (folder !== undefined) {
    const detail = `libtensorflow ${LIBTENSORFLOW}, which trivium setup brought`;
    return { package: `${folder}/package/`, addon: `${folder}/${ADDON}`, detail };
  }
  const require = globalThis.process?.getBuiltinModule?.("node:module")?.createRequire(from ?? import.meta.url);
  if (require === undefined)
    return { available: false, reason: NO_NODE, remedy: "Use the backend webgpu, webgl or simd" };
  return findInstalled(require);
}

/** The file name of the addon that a setup makes. */
export const ADDON = "tfjs_binding.node";
const NO_NODE = "tfjs-node needs Node.js and this is none";

interface Manifest {
  readonly binary: { readonly host: string; readonly module_name: string; readonly napi_versions: readonly number[] };
}

function findInstalled(require: NodeJS.Require): TfjsNodeFiles | Missing {
  let manifestPath: string;
  try {
    manifestPath = require.resolve("@tensorflow/tfjs-node/package.json");
  } catch {
    return missing("libtensorflow is not set up", `npm install @tensorflow/tfjs-node@${TFJS_NODE}, which downloads it`);
  }
  const { binary } = require(manifestPath) as Manifest;
  const folder = manifestPath.replace(/package\.json$/, "");
  const paths = binary.napi_versions.map((version) => `${folder}lib/napi-v${version}/${binary.module_name}.node`);
  const addon = paths.findLast(process.getBuiltinModule("node:fs").existsSync);
  if (addon !== undefined)
    return { package: folder, addon, detail: "libtensorflow of the installed @tensorflow/tfjs-node" };
  const { host } = new URL(binary.host);
  const reason =
    "@tensorflow/tfjs-node is installed without libtensorflow: its script did not run or could not download it";
  return missing(reason, `npm rebuild @tensorflow/tfjs-node with access to ${host}`);
}

const missing = (reason: string, upstream: string): Missing => ({
  available: false,
  reason,
  remedy: `Run trivium setup ${NAME} (Linux x64; needs pip and a C++ compiler), or ${upstream}, or use the backend simd`,
});
