export { cpu } from "./cpu.ts";
export { createWasmBackend, type WasmBackendOptions, wasm } from "./wasm.ts";
export { webgl } from "./webgl.ts";
export { webgpu } from "./webgpu.ts";
