import type { Probe } from "@trivium/tensor";
import { mayHaveDriver } from "./vulkan-drivers.ts";

/** What is missing, and what brings it. */
export type Missing = Extract<Probe, { readonly available: false }>;

/** An adapter of WebGPU, and the entry that it came from. */
export interface FoundGpu {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

/** The part of the npm package `webgpu` that is used here. */
interface Dawn {
  create(options: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

const missing = (reason: string, remedy: string): Missing => ({ available: false, reason, remedy });

/** Looks for a graphics device: that of the page, or in Node.js that of the npm package `webgpu`. */
export async function findGpu(): Promise<FoundGpu | Missing> {
  const present = globalThis.navigator?.gpu as GPU | undefined;
  if (present !== undefined) return adapterOf(present, NO_ADAPTER);
  if (!isNode()) {
    const remedy = "Serve the page over https or from localhost, in a browser with WebGPU; or use the backend simd";
    return missing("this page has no navigator.gpu", remedy);
  }
  const dawn = await loadDawn();
  return "available" in dawn ? dawn : adapterOf(dawn.gpu, NO_DRIVER);
}

const NO_ADAPTER = missing(
  "WebGPU is there but offers no adapter",
  "Start Chromium with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader, or use the backend simd",
);
const NO_DRIVER = missing(
  "the package webgpu finds no driver of a graphics card",
  `Install the card's Vulkan driver and its loader (apt-get install libvulkan1); or, to compute in software, apt-get install libvulkan1 chromium and set VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json and TRIVIUM_WEBGPU=adapter=SwiftShader; or use the backend simd`,
);

async function adapterOf(gpu: GPU, otherwise: Missing): Promise<FoundGpu | Missing> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  return adapter === null ? otherwise : { gpu, adapter };
}

const isNode = (): boolean => globalThis.process?.versions?.node !== undefined;

let loaded: Promise<{ readonly gpu: GPU } | Missing> | undefined;

/** Starts Dawn, once a process; `TRIVIUM_WEBGPU` holds its options, separated by commas. */
function loadDawn(): Promise<{ readonly gpu: GPU } | Missing> {
  loaded ??= startDawn();
  return loaded;
}

async function startDawn(): Promise<{ readonly gpu: GPU } | Missing> {
  const [{ createRequire }, { pathToFileURL }] = [
    process.getBuiltinModule("node:module"),
    process.getBuiltinModule("node:url"),
  ];
  let entry: string;
  try {
    entry = pathToFileURL(createRequire(import.meta.url).resolve("webgpu")).href;
  } catch {
    return missing("the npm package webgpu is not installed", "Run npm install webgpu@0.6.2, or use the backend simd");
  }
  if (!mayHaveDriver()) return NO_DRIVER;
  try {
    // Not a name: a bundler for pages must not see an addon of Node.js.
    const { create, globals } = (await import(/* @vite-ignore */ entry)) as Dawn;
    for (const [name, value] of Object.entries(globals)) {
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    return { gpu: create(process.env.TRIVIUM_WEBGPU?.split(",") ?? []) };
  } catch (error) {
    const remedy = "Install it again for this machine (npm install webgpu@0.6.2), or use the backend simd";
    return missing(`the npm package webgpu does not start here (${String(error)})`, remedy);
  }
}

/** Makes a graphics device that Node.js has from a package known to programs that look for `navigator.gpu`. */
export function publishGpu(gpu: GPU): void {
  if (globalThis.navigator?.gpu !== undefined) return;
  if (globalThis.navigator === undefined)
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(globalThis.navigator, "gpu", { value: gpu, configurable: true });
}
