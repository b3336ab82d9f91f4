import { UnsupportedError } from "@trivium/core";
import { type NativeProduct, nativeProduct } from "../gemm/native-product.ts";
import { kernels } from "../generated/kernels.ts";
import type { NativeKernels } from "./native.ts";

/** Which build of the kernels: `relaxed` has fused multiply-add and is faster; `plain` runs wherever SIMD does. */
export type NativeBuild = "plain" | "relaxed";

/** The raw kernels over one memory, and the build that they are of. */
export interface Native {
  readonly build: NativeBuild;
  readonly kernels: NativeKernels;
  /** What other threads instantiate over the same memory. */
  readonly module: WebAssembly.Module;
}

const modules = new Map<NativeBuild, WebAssembly.Module>();

/**
 * Instantiates the kernels over a shared memory (any number of times over the same one: once in each thread).
 *
 * @param memory - shared, of at most 65,536 pages.
 * @param product - what multiplies tiles for the kernels that can leave it to a library.
 * @param build - by default `relaxed` where the engine validates it, else `plain`.
 * @throws {UnsupportedError} `simd/build` if the engine does not validate the build.
 * @source https://github.com/WebAssembly/relaxed-simd
 * @example createNative(new WebAssembly.Memory({ initial: 1, maximum: 8, shared: true }), "plain").build // => "plain"
 */
export function createNative(
  memory: WebAssembly.Memory,
  build: NativeBuild = bestBuild(),
  product: NativeProduct = nativeProduct(undefined),
): Native {
  const module = compile(build);
  const instance = new WebAssembly.Instance(module, { env: { memory, product } });
  return { build, kernels: instance.exports as unknown as NativeKernels, module };
}

/** The fastest build that this engine validates. */
export function bestBuild(): NativeBuild {
  return modules.has("relaxed") || WebAssembly.validate(bytesOf("relaxed")) ? "relaxed" : "plain";
}

function compile(build: NativeBuild): WebAssembly.Module {
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

function bytesOf(build: NativeBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(kernels[build]), (character) => character.charCodeAt(0));
}
