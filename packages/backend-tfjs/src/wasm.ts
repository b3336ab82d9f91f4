import type { Plugin } from "@trivium/registry";
import { type Backend, backend } from "@trivium/tensor";
import { createTfjsBackend, unavailable } from "./create-tfjs-backend.ts";

export interface WasmBackendOptions {
  /**
   * Where tfjs's `.wasm` files are: a URL or folder that ends in a slash, or a URL for each file name. Default: in
   * Node.js the installed package; in a page the folder of the running script, as tfjs has it.
   */
  readonly paths?: string | Readonly<Record<string, string>>;
}

/** tfjs's WebAssembly backend with the kernels that training needs and that it lacks. */
export function createWasmBackend({ paths }: WasmBackendOptions = {}): Backend {
  return createTfjsBackend({
    name: "wasm",
    reads: "cheap",
    arithmetic: "float32",
    probe: async () =>
      typeof WebAssembly === "object"
        ? { available: true, detail: "tfjs's WebAssembly kernels, with those for training added" }
        : unavailable("there is no WebAssembly here", "Use the backend cpu, or a JavaScript engine with WebAssembly"),
    async load() {
      const [tfjsWasm, { registerTrainingKernels }] = await Promise.all([
        import("@tensorflow/tfjs-backend-wasm"),
        import("./wasm-kernels/register-training-kernels.ts"),
      ]);
      const folder = paths ?? installedFolder();
      if (folder !== undefined) tfjsWasm.setWasmPaths(folder);
      registerTrainingKernels();
    },
  });
}

/** tfjs's WebAssembly backend, with its files where the package or the page has them. */
export const wasm: Backend = createWasmBackend();

/** `wasm`, for a registry. */
export const wasmPlugin: Plugin<"backend", "wasm", Backend> = backend("wasm", wasm, {
  description: "tfjs's WebAssembly kernels, completed so that it can train.",
});

function installedFolder(): string | undefined {
  // Not an import: a bundler for pages must not see a module of Node.js.
  const { createRequire } = globalThis.process?.getBuiltinModule?.("node:module") ?? {};
  if (createRequire === undefined) return undefined;
  const manifest = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
  return manifest.replace(/package\.json$/, "dist/");
}
