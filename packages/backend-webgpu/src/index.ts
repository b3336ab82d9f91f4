export { webgpuFused, webgpuFusedPlugin } from "./webgpu-fused.ts";
