import type { Plugin } from "@trivium/registry";
import { type Backend, backend, tf } from "@trivium/tensor";
import { createTfjsBackend } from "./create-tfjs-backend.ts";

/** tfjs's plain JavaScript backend: slow, everywhere, and the oracle of every other one. */
export const cpu: Backend = createTfjsBackend({
  name: "cpu",
  reads: "cheap",
  arithmetic: "float32",
  probe: async () => ({ available: true, detail: "plain JavaScript, one thread" }),
  load,
});

/** `cpu`, for a registry. */
export const cpuPlugin: Plugin<"backend", "cpu", Backend> = backend("cpu", cpu, {
  description: "Plain JavaScript: slow, runs everywhere, and is what the others are tested against.",
});

async function load(): Promise<void> {
  await import("@tensorflow/tfjs-backend-cpu");
  (await import("./cpu-segment-sum.ts")).registerSegmentSum();
  // Its first use in Node.js would print an advertisement for tfjs-node.
  (tf.findBackend("cpu") as unknown as { firstUse: boolean }).firstUse = false;
}
