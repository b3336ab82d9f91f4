import { simd } from "@trivium/backend-simd";
import { cpu, wasm } from "@trivium/backend-tfjs";
import type { Backend } from "@trivium/tensor";
import { type Capability, measureCapabilities } from "@trivium/tensor/testing/cases";
import type { PageCapabilities } from "./pages/capabilities.ts";
import { runInChromium } from "./run-in-chromium.ts";

const inNode: readonly Backend[] = [cpu, wasm, simd];
const inPage = ["webgl", "webgpu"];

/** The capabilities of the backends that run in Node.js. */
export async function measureInNode(): Promise<Record<string, readonly Capability[]>> {
  const columns: Record<string, readonly Capability[]> = {};
  for (const backend of inNode) {
    await backend.activate();
    columns[backend.name] = await measureCapabilities();
  }
  return columns;
}

/** The capabilities of the backends of Chromium. */
export async function measureInChromium(): Promise<Record<string, readonly Capability[]>> {
  const entry = new URL("./pages/capabilities.ts", import.meta.url);
  const columns: Record<string, readonly Capability[]> = {};
  for (const backend of inPage) {
    const run = { entry, isolated: true, input: { backend } };
    columns[backend] = (await runInChromium<PageCapabilities>(run)).capabilities;
  }
  return columns;
}
