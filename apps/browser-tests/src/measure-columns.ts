import { simd } from "@trivium/backend-simd";
import { cpu, wasm } from "@trivium/backend-tfjs";
import { tfjsNode } from "@trivium/backend-tfjs-node";
import type { Backend } from "@trivium/tensor";
import { type Capability, measureCapabilities } from "@trivium/tensor/testing/cases";
import type { PageCapabilities } from "./pages/capabilities.ts";
import { runInChromium } from "./run-in-chromium.ts";

/** The backends that run wherever Node.js does. */
export const inNode: readonly Backend[] = [cpu, wasm, simd];
const inPage = ["webgl", "webgpu", "webgpu-fused"];

/** The backends that need what `trivium setup` brings. */
export const setUp: readonly Backend[] = [tfjsNode];

/** The capabilities of backends of Node.js, which are activated one after another. */
export async function measureInNode(backends: readonly Backend[]): Promise<Record<string, readonly Capability[]>> {
  const columns: Record<string, readonly Capability[]> = {};
  for (const backend of backends) {
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
