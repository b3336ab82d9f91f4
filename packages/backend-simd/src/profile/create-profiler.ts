import * as tf from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";
import type { KernelRecord, ProductRecord, ProfileSession } from "@trivium/tensor";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { GemmRequest } from "../gemm/gemm-request.ts";
import { describeCall } from "./describe-call.ts";

/**
 * A function that starts to record the kernel calls of the backend registered as `name`.
 *
 * While a session runs, tfjs's table holds a timed kernel in the place of each; at its end the old ones are back, so
 * that a backend without a session runs nothing of this.
 *
 * @param acceleratedCalls - how often the accelerated kernel of that name did the work itself, so far.
 */
export function createProfiler(
  name: string,
  backend: () => SimdBackend,
  acceleratedCalls: (kernelName: string) => number,
): () => ProfileSession {
  let running = false;
  return () => {
    if (running) throw new UnsupportedError("simd/profile", `a profile of "${name}" is taken already; stop it first`);
    running = true;
    const recorder = new Recorder(backend(), acceleratedCalls);
    const kernels = tf.getKernelsForBackend(name);
    for (const kernel of kernels) replace({ ...kernel, kernelFunc: recorder.timed(kernel) });
    return {
      take: () => recorder.take(),
      stop() {
        if (!running) return;
        running = false;
        recorder.stop();
        for (const kernel of kernels) replace(kernel);
      },
    };
  };
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

class Recorder {
  private readonly backend: SimdBackend;
  private readonly acceleratedCalls: (kernelName: string) => number;
  private kernels: KernelRecord[] = [];
  /** Of the kernel call that runs. */
  private products: ProductRecord[] = [];
  private depth = 0;

  constructor(backend: SimdBackend, acceleratedCalls: (kernelName: string) => number) {
    this.backend = backend;
    this.acceleratedCalls = acceleratedCalls;
    backend.heap.takePeak();
    backend.onProduct = (request, startMs) => void this.products.push(this.product(request, startMs));
  }

  take(): { kernels: KernelRecord[]; peakBytes: number } {
    const { kernels } = this;
    this.kernels = [];
    return { kernels, peakBytes: this.backend.heap.takePeak() };
  }

  stop(): void {
    this.backend.onProduct = undefined;
  }

  /** The kernel itself, and a record of each call that no other kernel made. */
  timed({ kernelName, kernelFunc }: tf.KernelConfig): tf.KernelFunc {
    return (request) => {
      if (this.depth > 0) return kernelFunc(request);
      const acceleratedBefore = this.acceleratedCalls(kernelName);
      this.products = [];
      this.depth++;
      const startMs = performance.now();
      try {
        const outputs = kernelFunc(request);
        const durationMs = performance.now() - startMs;
        const accelerated = this.acceleratedCalls(kernelName) > acceleratedBefore;
        const { liveBytes } = this.backend.heap.use();
        const call = describeCall(request.inputs, [outputs].flat());
        const { products } = this;
        this.kernels.push({ name: kernelName, startMs, durationMs, ...call, accelerated, products, liveBytes });
        return outputs;
      } finally {
        this.depth--;
      }
    };
  }

  private product(request: GemmRequest, startMs: number): ProductRecord {
    const durationMs = performance.now() - startMs;
    const { m, n, k, batch, transposeA, transposeB } = request;
    const provider = this.backend.providerOf(request);
    return { provider, m, n, k, batch, transposeA, transposeB, flops: 2 * batch * m * n * k, startMs, durationMs };
  }
}
