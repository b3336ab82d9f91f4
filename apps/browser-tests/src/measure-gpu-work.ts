import type { GpuWork } from "./count-gpu-work.ts";
import { runInChromium } from "./run-in-chromium.ts";

const entry = new URL("./pages/gpu-work.ts", import.meta.url);

/** The work of a training step of an architecture in Chromium, by tfjs's WebGPU backend and by the fused one. */
export async function gpuWork(arm: string): Promise<{ readonly composed: GpuWork; readonly fused: GpuWork }> {
  const workOf = (backend: string) => runInChromium<GpuWork>({ entry, isolated: false, input: { backend, arm } });
  return { composed: await workOf("webgpu"), fused: await workOf("webgpu-fused") };
}
