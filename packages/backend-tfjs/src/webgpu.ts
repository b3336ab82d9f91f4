import type { Plugin } from "@trivium/registry";
import { type Backend, backend, type Probe } from "@trivium/tensor";
import { createTfjsBackend, unavailable } from "./create-tfjs-backend.ts";

/** tfjs's WebGPU backend, for browsers and for whatever else has `navigator.gpu`. */
export const webgpu: Backend = createTfjsBackend({
  name: "webgpu",
  reads: "stalling",
  arithmetic: "float32-shader",
  probe,
  load: () => import("@tensorflow/tfjs-backend-webgpu"),
});

/** `webgpu`, for a registry. */
export const webgpuPlugin: Plugin<"backend", "webgpu", Backend> = backend("webgpu", webgpu, {
  description: "The graphics card of a browser through WebGPU.",
});

/** The part of WebGPU that is asked here; TypeScript's DOM library does not have it yet. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly vendor: string; readonly architecture: string } } | null>;
}

async function probe(): Promise<Probe> {
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: Gpu };
  if (gpu === undefined) {
    const inBrowser = typeof document !== "undefined";
    const secure =
      "Serve the page over https or from localhost, in a browser with WebGPU; or use the backend webgl or simd";
    if (inBrowser) return unavailable("this page has no navigator.gpu", secure);
    const reason = "WebGPU is an interface of browsers and this is none";
    return unavailable(
      reason,
      "Run in a browser with WebGPU, or use the backend webgpu-fused, which brings it, or simd",
    );
  }
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (adapter === null) {
    const remedy = "Start Chromium with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader, or use webgl or simd";
    return unavailable("WebGPU is there but offers no adapter", remedy);
  }
  const { vendor = "unknown vendor", architecture = "" } = adapter.info ?? {};
  return { available: true, detail: `${vendor} ${architecture}`.trim() };
}
