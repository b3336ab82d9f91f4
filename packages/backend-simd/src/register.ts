import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { ConfigError, UnsupportedError } from "@trivium/core";
import { type BackendTraits, declareTraits, fusedFamilies, type ProfileSession } from "@trivium/tensor";
import { SimdBackend } from "./backend/simd-backend.ts";
import type { SimdOptions, SimdUse } from "./backend/simd-options.ts";
import type { AcceleratedKernel } from "./kernels/accelerated-kernel.ts";
import { acceleratedKernels } from "./kernels/all.ts";
import { attentionGrain } from "./kernels/fused/attention.ts";
import { MAXIMUM_BYTES } from "./memory/heap.ts";
import { createSimdProfiler } from "./profile/create-simd-profiler.ts";
import { SimdProgram } from "./program/simd-program.ts";
import { threadCount } from "./threads/thread-count.ts";

/** Above tfjs's cpu (1), as is its wasm backend: a program that imports this and chooses nothing gets `simd`. */
const PRIORITY = 2;

/** A backend that was registered under one name. */
export interface SimdRegistration {
  readonly name: string;
  /** Returns how often each accelerated kernel did the work itself, by kernel name; 0 for one that never did. */
  acceleratedCalls(): Readonly<Record<string, number>>;
  /** Resolves when every thread takes jobs; until then those that do, do the work. */
  threadsReady(): Promise<void>;
  /** Returns what the backend holds; starts it if tfjs has not yet. */
  use(): SimdUse;
  /**
   * Starts to record kernel calls, matrix products and memory.
   *
   * @throws {UnsupportedError} `backend/profile` if a session is running already.
   */
  profile(): ProfileSession;
}

/** Bytes that kernels take besides tensors, for each thread: packed operands and tiles. */
const THREAD_BYTES = 2 ** 21;

/** Returns the traits of the backend `name` with these options. */
export const simdTraits = (name: string, { accelerate = true, ...options }: SimdOptions): BackendTraits => ({
  reads: "cheap",
  arithmetic: "float32",
  fused: accelerate ? fusedFamilies : [],
  attentionGrain: accelerate ? attentionGrain(() => tf.findBackend(name) as SimdBackend) : undefined,
  tokenProgram: accelerate ? (rows) => new SimdProgram(tf.findBackend(name) as SimdBackend, rows) : undefined,
  memory: {
    get limitBytes() {
      return (options.memoryLimitBytes ?? MAXIMUM_BYTES) - THREAD_BYTES * threadCount(options.threads);
    },
    freeBytes() {
      const { limitBytes, liveBytes, threads } = (tf.findBackend(name) as SimdBackend).use();
      return limitBytes - liveBytes - THREAD_BYTES * threads;
    },
  },
});

/**
 * Registers a tfjs backend on shared memory: every kernel of tfjs's cpu backend, the accelerated ones in their place.
 *
 * The memory is made when tfjs first starts the backend.
 *
 * @param name - the name for `tf.setBackend`.
 * @throws {ConfigError} `simd/name-taken` if tfjs has a backend of that name already.
 * @example
 * registerSimdBackend("simd-small", { memoryLimitBytes: 64 * 2 ** 20 });
 * await tf.setBackend("simd-small");
 */
export function registerSimdBackend(name: string, options: SimdOptions = {}): SimdRegistration {
  const kernels = options.accelerate === false ? [] : acceleratedKernels;
  const calls = new Int32Array(kernels.length);
  if (tf.findBackendFactory(name) !== null) {
    throw new ConfigError("simd/name-taken", `tfjs has a backend named "${name}" already; give this one another name`);
  }
  tf.registerBackend(name, () => new SimdBackend(options), PRIORITY);
  declareTraits(name, simdTraits(name, options));
  if (tf.getKernelsForBackend(name).length === 0) tf.copyRegisteredKernels("cpu", name);
  kernels.forEach((kernel, index) => {
    replaceKernel(name, kernel, () => {
      calls[index]!++;
    });
  });
  const backend = () => tf.findBackend(name) as SimdBackend;
  const indices = new Map(kernels.map(({ kernelName }, index) => [kernelName, index]));
  return {
    name,
    threadsReady: () => backend().threadsReady(),
    use: () => backend().use(),
    profile: createSimdProfiler(name, backend, (kernelName) => calls[indices.get(kernelName) ?? -1] ?? 0),
    acceleratedCalls: () => Object.fromEntries(kernels.map(({ kernelName }, index) => [kernelName, calls[index]!])),
  };
}

function replaceKernel(backendName: string, kernel: AcceleratedKernel, count: () => void): void {
  const { kernelName } = kernel;
  const original = (tf.getKernel(kernelName, "cpu") as tf.KernelConfig | undefined)?.kernelFunc;
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc: withFallback(kernel, original, count) });
}

function withFallback(
  { kernelName, run }: AcceleratedKernel,
  original: tf.KernelFunc | undefined,
  count: () => void,
): tf.KernelFunc {
  return (request) => {
    const backend = request.backend as SimdBackend;
    const outputs = run(backend, request.inputs, request.attrs as Parameters<typeof run>[2]);
    if (outputs !== undefined) {
      count();
      return outputs;
    }
    if (original !== undefined) return original(request);
    const inputs = Object.entries(request.inputs as Record<string, tf.TensorInfo>);
    const shapes = inputs.map(([name, { shape, dtype }]) => `${name} ${dtype} [${shape.join(", ")}]`);
    throw new UnsupportedError("simd/kernel", `${kernelName} takes other shapes or types; got ${shapes.join(", ")}`);
  };
}
