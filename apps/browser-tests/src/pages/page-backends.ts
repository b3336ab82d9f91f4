import { simd } from "@trivium/backend-simd";
import { cpu, createWasmBackend, webgl, webgpu } from "@trivium/backend-tfjs";
import type { Backend } from "@trivium/tensor";

/** The backends of a page, by name; tfjs's `.wasm` files are where the test server has them. */
export const pageBackends: Readonly<Record<string, Backend>> = {
  cpu: cpu,
  simd: simd,
  wasm: createWasmBackend({ paths: "/wasm/" }),
  webgl: webgl,
  webgpu: webgpu,
};
