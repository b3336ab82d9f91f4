import type { Plugin } from "@trivium/registry";
import { activateBackend, type Backend, type BackendTraits, backend, type Probe } from "@trivium/tensor";
import { findAddon } from "./find-addon.ts";
import { restoreIsNullOrUndefined } from "./restore-is-null-or-undefined.ts";

const VERSION = "4.22.0";

/** Options of `createTfjsNodeBackend`. */
export interface TfjsNodeBackendOptions {
  /** A file or folder from whose `node_modules` the package is loaded. Default: this package's own place. */
  readonly from?: string | undefined;
}

/** Creates the backend of libtensorflow through `@tensorflow/tfjs-node`, which a program installs itself. */
export function createTfjsNodeBackend({ from = import.meta.url }: TfjsNodeBackendOptions = {}): Backend {
  const traits: BackendTraits = { reads: "cheap", arithmetic: "float32", fused: [] };
  const parts = { ...traits, name: "tensorflow", probe: async (): Promise<Probe> => probeFrom(from) };
  return {
    ...parts,
    async activate() {
      if ((await parts.probe()).available) {
        restoreIsNullOrUndefined();
        requireFrom(from)("@tensorflow/tfjs-node");
      }
      await activateBackend(parts);
    },
  };
}

/** libtensorflow through the installed `@tensorflow/tfjs-node`. */
export const tfjsNode: Backend = createTfjsNodeBackend();

/** `tfjsNode`, for a registry. */
export const tfjsNodePlugin: Plugin<"backend", "tfjs-node", Backend> = backend("tfjs-node", tfjsNode, {
  description: "libtensorflow through @tensorflow/tfjs-node, which you install yourself.",
});

function probeFrom(from: string): Probe {
  const require = nodeModule()?.createRequire(from);
  if (require === undefined) {
    return {
      available: false,
      reason: "tfjs-node needs Node.js and this is none",
      remedy: "Use the backend webgpu, webgl or simd",
    };
  }
  const addon = findAddon(require);
  if (addon.state === "not-installed") {
    return {
      available: false,
      reason: "the package @tensorflow/tfjs-node is not installed",
      remedy: `Install it (npm install @tensorflow/tfjs-node@${VERSION}; it downloads libtensorflow), or use the backend simd`,
    };
  }
  if (addon.state === "no-addon") {
    return {
      available: false,
      reason:
        "@tensorflow/tfjs-node is installed without libtensorflow: its install script did not run or could not download it",
      remedy: `Allow the script and run npm rebuild @tensorflow/tfjs-node with access to ${addon.host}, or use the backend simd`,
    };
  }
  try {
    // The addon alone: it loads libtensorflow, but makes no tfjs backend.
    require(addon.path);
    return { available: true, detail: `libtensorflow through ${addon.path}` };
  } catch (error) {
    return {
      available: false,
      reason: `libtensorflow is there but does not load: ${(error as Error).message}`,
      remedy: "Run npm rebuild @tensorflow/tfjs-node --build-addon-from-source, or use the backend simd",
    };
  }
}

// Not an import: a bundler for pages must not see a module of Node.js.
const nodeModule = () => globalThis.process?.getBuiltinModule?.("node:module");

function requireFrom(from: string): NodeJS.Require {
  return (nodeModule() as NonNullable<ReturnType<typeof nodeModule>>).createRequire(from);
}
