export { cpu, cpuPlugin } from "./cpu.ts";
export { createWasmBackend, type WasmBackendOptions, wasm, wasmPlugin } from "./wasm.ts";
export { webgl, webglPlugin } from "./webgl.ts";
export { webgpu, webgpuPlugin } from "./webgpu.ts";
