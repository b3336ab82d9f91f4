import { type Plugin, validateWith } from "@trivium/registry";
import { activateBackend, type Backend, type BackendTraits, backend } from "@trivium/tensor";
import { z } from "zod";
import { findTfjsNode } from "./find-tfjs-node.ts";
import { loadTfjsNode } from "./load-tfjs-node.ts";
import { profileTfjsNode } from "./profile.ts";
import { NAME, TFJS_NODE } from "./versions.ts";

const MOST_THREADS = 128;

const optionsSchema = z.strictObject({
  threads: z.int().min(1).max(MOST_THREADS).optional().describe("Threads of one operation"),
});

/** Options of `createTfjsNodeBackend`. */
export interface TfjsNodeBackendOptions {
  /**
   * A file or folder from whose `node_modules` the package is loaded. Default: what `trivium setup tfjs-node` made, else
   * this package's own place.
   */
  readonly from?: string | undefined;
  /**
   * Threads of one operation, from 1 to 128; a process has one number. Default: `TRIVIUM_THREADS`, else
   * `TF_NUM_INTRAOP_THREADS`, else one for each core.
   */
  readonly threads?: number | undefined;
}

/**
 * Creates the backend of libtensorflow through the files of `@tensorflow/tfjs-node`. tfjs knows it as `tfjs-node`.
 *
 * Its bits depend on the number of threads, which is part of its numeric identity.
 *
 * @throws {ConfigError} `tfjs-node/options` if the number of threads is none.
 */
export function createTfjsNodeBackend({ from, threads }: TfjsNodeBackendOptions = {}): Backend {
  const traits: BackendTraits = { reads: "cheap", arithmetic: "float32", fused: [] };
  const probe: Backend["probe"] = async () => {
    const found = findTfjsNode(from);
    return "addon" in found ? { available: true, detail: found.detail } : found;
  };
  const load = (): Readonly<Record<string, string>> => {
    const found = findTfjsNode(from);
    if (!("addon" in found)) return {};
    const count = threadCount(threads);
    return { libtensorflow: loadTfjsNode(found, count), threads: String(count) };
  };
  return {
    ...traits,
    name: NAME,
    probe,
    profile: profileTfjsNode,
    numericIdentity: async () => ({ backend: NAME, tfjsNode: TFJS_NODE, ...load() }),
    withOptions: (options) => createTfjsNodeBackend({ from, threads: readOptions(options).threads }),
    async activate() {
      load();
      await activateBackend({ ...traits, name: NAME, probe });
    },
  };
}

/** Returns the number of threads: the option, else a variable of the environment, else one for each core. */
function threadCount(option: number | undefined): number {
  const { TRIVIUM_THREADS, TF_NUM_INTRAOP_THREADS } = process.env;
  const named = TRIVIUM_THREADS || TF_NUM_INTRAOP_THREADS;
  const asked = option ?? (named ? Number(named) : undefined);
  return readOptions({ threads: asked }).threads ?? globalThis.navigator.hardwareConcurrency;
}

function readOptions(options: Readonly<Record<string, unknown>>): z.output<typeof optionsSchema> {
  // Options that a caller names and leaves undefined are none.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const context = { code: "tfjs-node/options", what: 'the options of backend "tfjs-node"' };
  return validateWith(optionsSchema, given, context);
}

/** libtensorflow, as `trivium setup tfjs-node` or the package `@tensorflow/tfjs-node` brings it. */
export const tfjsNode: Backend = createTfjsNodeBackend();

/** `tfjsNode`, for a registry. */
export const tfjsNodePlugin: Plugin<"backend", "tfjs-node", Backend> = backend(NAME, tfjsNode, {
  description: "libtensorflow on all cores, which trivium setup tfjs-node brings.",
  schema: optionsSchema,
});
