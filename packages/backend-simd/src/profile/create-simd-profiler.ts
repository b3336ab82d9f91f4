import { createProfiler, type ProductRecord, type ProfileMeter, type ProfileSession } from "@trivium/tensor";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { GemmRequest } from "../gemm/gemm-request.ts";

/**
 * A function that starts to record the kernel calls and matrix products of the backend registered as `name`.
 *
 * @param acceleratedCalls - how often the accelerated kernel of that name did the work itself, so far.
 */
export const createSimdProfiler = (
  name: string,
  backend: () => SimdBackend,
  acceleratedCalls: (kernelName: string) => number,
): (() => ProfileSession) => createProfiler(name, () => startMeter(backend(), acceleratedCalls));

function startMeter(backend: SimdBackend, acceleratedCalls: (kernelName: string) => number): ProfileMeter {
  /** Of the kernel call that runs. */
  let products: ProductRecord[] = [];
  backend.heap.takePeak();
  backend.onProduct = (request, startMs) => void products.push(productRecord(backend, request, startMs));
  return {
    watch(kernelName) {
      products = [];
      const before = acceleratedCalls(kernelName);
      return () => ({ accelerated: acceleratedCalls(kernelName) > before, products });
    },
    liveBytes: () => backend.heap.use().liveBytes,
    takePeak: () => backend.heap.takePeak(),
    stop() {
      backend.onProduct = undefined;
    },
  };
}

function productRecord(backend: SimdBackend, request: GemmRequest, startMs: number): ProductRecord {
  const durationMs = performance.now() - startMs;
  const { m, n, k, batch, transposeA, transposeB } = request;
  const provider = backend.providerOf(request);
  return { provider, m, n, k, batch, transposeA, transposeB, flops: 2 * batch * m * n * k, startMs, durationMs };
}
