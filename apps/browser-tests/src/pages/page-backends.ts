import { createSimdBackend, simd } from "@trivium/backend-simd";
import { cpu, createWasmBackend, webgl, webgpu } from "@trivium/backend-tfjs";
import { webgpuFused } from "@trivium/backend-webgpu";
import type { Backend } from "@trivium/tensor";

/** The backends of a page, by name; tfjs's `.wasm` files are where the test server has them. */
export const pageBackends: Readonly<Record<string, Backend>> = {
  cpu: cpu,
  simd: simd,
  "simd-1": createSimdBackend({ name: "simd-1", threads: 1 }),
  "simd-2": createSimdBackend({ name: "simd-2", threads: 2 }),
  // The models of tests are small: their jobs would stay whole.
  "simd-2-cut": createSimdBackend({ name: "simd-2-cut", threads: 2, splitUnits: 4 }),
  wasm: createWasmBackend({ paths: "/wasm/" }),
  webgl: webgl,
  webgpu: webgpu,
  "webgpu-fused": webgpuFused,
};
