import type { Plugin } from "@trivium/registry";
import { type Backend, backend, type Probe } from "@trivium/tensor";
import { createTfjsBackend, unavailable } from "./create-tfjs-backend.ts";

/** tfjs's WebGL backend, for pages and workers of a browser. */
export const webgl: Backend = createTfjsBackend({
  name: "webgl",
  reads: "stalling",
  arithmetic: "float32-shader",
  probe,
  load: () => import("@tensorflow/tfjs-backend-webgl"),
});

/** `webgl`, for a registry. */
export const webglPlugin: Plugin<"backend", "webgl", Backend> = backend("webgl", webgl, {
  description: "The graphics card of a browser through WebGL.",
});

async function probe(): Promise<Probe> {
  if (typeof OffscreenCanvas === "undefined" && typeof document === "undefined") {
    const reason = "WebGL is an interface of browsers and this is none";
    return unavailable(reason, "Run in a browser, or use the backend simd, cpu or wasm");
  }
  const canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
  const context = canvas.getContext("webgl2") as WebGL2RenderingContext | null;
  if (context === null) {
    const remedy = "Turn hardware acceleration on in the browser's settings, or use the backend simd or wasm";
    return unavailable("this browser gives no WebGL 2 context", remedy);
  }
  const precision = context.getExtension("EXT_color_buffer_float") ? "float32" : "float16 only: training is rough";
  const detail = `${context.getParameter(context.RENDERER)}, ${precision}`;
  // Browsers keep few contexts alive; this one is done.
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return { available: true, detail };
}
