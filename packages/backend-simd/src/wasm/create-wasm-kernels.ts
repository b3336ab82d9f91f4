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
export const bestBuild = (): WasmBuild => (validBytes("relaxed") ? "relaxed" : "plain");

function compile(build: WasmBuild): WebAssembly.Module {
  const compiled = modules.get(build);
  if (compiled) return compiled;
  const bytes = validBytes(build);
  if (!bytes) {
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

type Bytes = Uint8Array<ArrayBuffer>;
const known = new Map<WasmBuild, Bytes | undefined>();

/** The bytes of a build, which are decoded and validated once; undefined if the engine does not validate them. */
function validBytes(build: WasmBuild): Bytes | undefined {
  if (!known.has(build)) {
    const bytes = bytesOf(build);
    known.set(build, WebAssembly.validate(bytes) ? bytes : undefined);
  }
  return known.get(build);
}

/** A loop takes a thirtieth of the time of `Uint8Array.from` with a function, which every start of a program would wait for. */
function bytesOf(build: WasmBuild): Bytes {
  const text = atob(kernels[build]);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
