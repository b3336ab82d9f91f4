import { UnsupportedError } from "@trivium/core";
import { libraryProducts } from "../gemm/library/library-product.ts";
import { kernels } from "../generated/kernels.ts";
import type { WasmKernels } from "./wasm-kernels.ts";

/** The build of the kernels: `relaxed` has fused multiply-add and is faster; `plain` runs wherever SIMD does. */
export type WasmBuild = "plain" | "relaxed";

/** The raw kernels over one memory, and the build that they are of. */
export interface WasmModule {
  readonly build: WasmBuild;
  readonly kernels: WasmKernels;
  /** The module that other threads instantiate over the same memory. */
  readonly module: WebAssembly.Module;
}

const modules = new Map<WasmBuild, WebAssembly.Module>();

/**
 * Instantiates the kernels over a shared memory (any number of times over the same one: once in each thread).
 *
 * @param memory - shared, of at most 65,536 pages.
 * @param products - the library's products, for kernels that leave products to it; never called without a library.
 * @param build - by default `relaxed` where the engine validates it, else `plain`.
 * @throws {UnsupportedError} `simd/build` if the engine does not validate the build.
 * @source https://github.com/WebAssembly/relaxed-simd
 * @example createWasmKernels(new WebAssembly.Memory({ initial: 1, maximum: 8, shared: true }), "plain").build // => "plain"
 */
export function createWasmKernels(
  memory: WebAssembly.Memory,
  build: WasmBuild = bestBuild(),
  products = libraryProducts(undefined),
): WasmModule {
  const module = compile(build);
  const instance = new WebAssembly.Instance(module, { env: { memory, ...products } });
  return { build, kernels: instance.exports as unknown as WasmKernels, module };
}

/** The fastest build that this engine validates. */
export function bestBuild(): WasmBuild {
  return modules.has("relaxed") || WebAssembly.validate(bytesOf("relaxed")) ? "relaxed" : "plain";
}

function compile(build: WasmBuild): WebAssembly.Module {
  const known = modules.get(build);
  if (known) return known;
  const bytes = bytesOf(build);
  if (!WebAssembly.validate(bytes)) {
    const wants = build === "relaxed" ? "relaxed SIMD and threads" : "SIMD and threads";
    throw new UnsupportedError(
      "simd/build",
      `the "${build}" kernels need an engine with ${wants} in WebAssembly, which this one lacks; use ${
        build === "relaxed" ? 'the "plain" build' : 'the "cpu" backend'
      }`,
      { details: { build } },
    );
  }
  const module = new WebAssembly.Module(bytes);
  modules.set(build, module);
  return module;
}

function bytesOf(build: WasmBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(kernels[build]), (character) => character.charCodeAt(0));
}
