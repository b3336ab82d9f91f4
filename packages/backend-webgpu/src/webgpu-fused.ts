import type { Plugin } from "@trivium/registry";
import {
  activateBackend,
  type Backend,
  type BackendTraits,
  backend,
  type FusedFamily,
  type Probe,
  tf,
} from "@trivium/tensor";
import { findGpu, publishGpu } from "./device/find-gpu.ts";

const NAME = "webgpu-fused";

/** The families of fused kernels that this package has. */
const fused = [
  "linear",
  "activation",
  "norm",
  "softmax-cross-entropy",
  "linear-cross-entropy",
  "masked-softmax",
  "attention",
  "dropout",
  "adam-w",
  "write-slots",
  "squared-norms",
] as const satisfies readonly FusedFamily[];

const traits: BackendTraits = {
  reads: "stalling",
  arithmetic: "float32-shader",
  fused,
  // A query is an invocation, and a workgroup has 64.
  attentionGrain: { blockQueries: 64, tileQueries: 1, tileKeys: 8 },
};

/**
 * Graphics cards through WebGPU, with this library's fused kernels: tfjs's WebGPU backend for every other op.
 *
 * It runs in browsers, and in Node.js by the npm package `webgpu`, which is Dawn.
 */
export const webgpuFused: Backend = {
  ...traits,
  name: NAME,
  probe,
  async numericIdentity() {
    const found = await probe();
    return { backend: NAME, device: found.available ? found.detail : "none" };
  },
  async activate() {
    if ((await probe()).available) await register();
    await activateBackend({ ...traits, name: NAME, probe });
  },
};

/** `webgpuFused`, for a registry. */
export const webgpuFusedPlugin: Plugin<"backend", typeof NAME, Backend> = backend(NAME, webgpuFused, {
  description: "Graphics cards through WebGPU, with fused kernels; in browsers, and in Node.js by the package webgpu.",
});

async function probe(): Promise<Probe> {
  const found = await findGpu();
  if (!("adapter" in found)) return found;
  const { vendor, architecture, description } = found.adapter.info;
  const detail = [vendor, architecture, description].filter((word) => word !== "").join(" ");
  return { available: true, detail: detail || "an unnamed adapter" };
}

async function register(): Promise<void> {
  if (tf.findBackendFactory(NAME) !== null) return;
  const found = await findGpu();
  if (!("adapter" in found)) return;
  // tfjs looks for it while its package is imported.
  publishGpu(found.gpu);
  const [{ DeviceBackend }, { registerKernels }] = await Promise.all([
    import("./device/device-backend.ts"),
    import("./kernels/register-kernels.ts"),
  ]);
  tf.registerBackend(NAME, async () => new DeviceBackend(await openDevice(found.adapter), found.adapter.info));
  registerKernels(NAME);
}

/** Opens the device with the adapter's own limits: by default a buffer has at most 128 MiB. */
function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupStorageSize } = adapter.limits;
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupSizeX } = adapter.limits;
  const requiredLimits = {
    maxStorageBufferBindingSize,
    maxBufferSize,
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX,
  };
  return adapter.requestDevice({ requiredLimits });
}
