import { UnsupportedError } from "@trivium/core";
import { tf } from "@trivium/tensor";
import type { TfjsNodeFiles } from "./find-tfjs-node.ts";
import { NAME } from "./versions.ts";

/** The part of the addon that is used here. */
interface Addon {
  /** The version of libtensorflow. */
  readonly TF_Version: string;
}

/** The module of tfjs-node that makes its backend. */
interface BackendModule {
  readonly NodeJSKernelBackend: new (addon: Addon, packageName: string) => tf.KernelBackend;
}

interface Loaded {
  readonly addon: Addon;
  readonly path: string;
  readonly threads: number;
}

let loaded: Loaded | undefined;

/**
 * Loads libtensorflow, once for the process, and gives its backend and kernels to tfjs under the name `tfjs-node`.
 *
 * Only the backend and the kernels of the package are loaded. Its entry would load the union package, which registers
 * kernels and gradients of other backends again, and functions of Node's `util` that Node has no more.
 *
 * @param threads - threads of one operation.
 * @returns the version of libtensorflow.
 * @throws {UnsupportedError} `tfjs-node/load` with the loader's words; `tfjs-node/threads` or `tfjs-node/place` if
 *   libtensorflow runs already with another number of threads, or from another place.
 */
export function loadTfjsNode(files: TfjsNodeFiles, threads: number): string {
  loaded ??= start(files, threads);
  if (loaded.path !== files.addon) {
    const message = `libtensorflow is loaded from ${loaded.path} already, and a process has one; start another process for ${files.addon}`;
    throw new UnsupportedError("tfjs-node/place", message);
  }
  if (loaded.threads !== threads) {
    const message = `libtensorflow runs with ${loaded.threads} threads already, which a process cannot change; start another process for ${threads}`;
    throw new UnsupportedError("tfjs-node/threads", message);
  }
  return loaded.addon.TF_Version;
}

function start(files: TfjsNodeFiles, threads: number): Loaded {
  const { env } = process;
  // Read when libtensorflow starts. Its notes on the processor would stand among the program's own lines.
  env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  env.TF_NUM_INTRAOP_THREADS = String(threads);
  const addon = loadAddon(files.addon);
  const load = createLoader(files.package);
  load("./dist/register_all_kernels");
  const { NodeJSKernelBackend } = load("./dist/nodejs_kernel_backend") as BackendModule;
  tf.registerBackend(NAME, () => new NodeJSKernelBackend(addon, "@tensorflow/tfjs-node"));
  return { addon, path: files.addon, threads };
}

function loadAddon(path: string): Addon {
  try {
    return process.getBuiltinModule("node:module").createRequire(path)(path) as Addon;
  } catch (cause) {
    const message = `${path} does not load: ${(cause as Error).message}; run trivium setup --remove ${NAME} and trivium setup ${NAME}, or use the backend simd`;
    throw new UnsupportedError("tfjs-node/load", message, { cause });
  }
}

/** The name under which the package's files register and find their backend. */
const UPSTREAM_NAME = "tensorflow";

/** Returns a function that loads CommonJS files of the package, which see modules of ours for those that they ask for. */
function createLoader(folder: string): (file: string) => unknown {
  const door = {
    ...tf,
    registerKernel: (config: tf.KernelConfig) => tf.registerKernel({ ...config, backendName: NAME }),
    findBackend: (name: string) => tf.findBackend(name === UPSTREAM_NAME ? NAME : name),
  };
  const replaced: ReadonlyMap<string, unknown> = new Map<string, unknown>([
    ["@tensorflow/tfjs", door],
    ["@tensorflow/tfjs-core", door],
    // Node.js 23 dropped both. https://github.com/tensorflow/tfjs/issues/8609
    ["util", { isArray: Array.isArray, isNullOrUndefined: (value: unknown) => value == null }],
    // For TensorBoard, through google-protobuf.
    ["./proto/api_pb", {}],
  ]);
  const { compileFunction } = process.getBuiltinModule("node:vm");
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const { dirname, resolve } = process.getBuiltinModule("node:path");
  const modules = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const require = (name: string) => {
      if (replaced.has(name)) return replaced.get(name);
      return name.startsWith(".") ? load(resolve(dirname(file), `${name}.js`)) : process.getBuiltinModule(name);
    };
    const run = compileFunction(readFileSync(file, "utf8"), ["exports", "require", "module"], { filename: file });
    run(module.exports, require, module);
    return module.exports;
  };
  return (file) => load(resolve(folder, `${file}.js`));
}
