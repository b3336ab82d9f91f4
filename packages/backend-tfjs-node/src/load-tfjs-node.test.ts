import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as util from "node:util";
import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { expect, test, vi } from "vitest";
import { tfjsNode } from "./tfjs-node.ts";

const found = await tfjsNode.probe();
const reason = found.available ? "" : found.reason;
const MAPS = "/proc/self/maps";

/** The kernels of every backend but ours, and the gradient of every kernel, as tfjs has them. */
function registries() {
  const kernels = ["cpu", "wasm", "webgl", "webgpu", "tensorflow"].flatMap((name) => tf.getKernelsForBackend(name));
  const names = new Set([
    ...kernels.map(({ kernelName }) => kernelName),
    ...Object.values(tf).filter((one) => typeof one === "string"),
  ]);
  return { kernels, gradients: [...names].map((name) => [name, tf.getGradient(name)?.gradFunc]) };
}

test("probe loads nothing", (context) => {
  context.skip(!found.available, reason);
  context.skip(!existsSync(MAPS), `${MAPS} tells what is loaded, and is not there`);
  expect(readFileSync(MAPS, "utf8")).not.toContain("libtensorflow");
});

test("loading changes no other kernel, no gradient and nothing of Node's, and prints nothing", async (context) => {
  context.skip(!found.available, reason);
  const [before, ofNode] = [registries(), { ...util }];
  expect(before.kernels.length).toBeGreaterThan(150);
  expect(before.gradients.filter(([, gradient]) => gradient).length).toBeGreaterThan(90);
  const spies = (["log", "info", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
  await tfjsNode.activate();
  const [after, ofNodeNow] = [registries(), { ...util }];
  expect(after.kernels.every((kernel, at) => kernel === before.kernels[at])).toBe(true);
  expect(after).toEqual(before);
  expect(ofNodeNow).toEqual(ofNode);
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  expect(tf.getKernelsForBackend("tfjs-node").length).toBeGreaterThan(150);
});

test("libtensorflow writes no line of its own to the program's standard error", (context) => {
  context.skip(!found.available, reason);
  const program = `
    const { tfjsNode } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url))});
    const { tf } = await import(${JSON.stringify(import.meta.resolve("@trivium/tensor"))});
    await tfjsNode.activate();
    console.log((await tf.matMul([[1, 2]], [[3], [4]]).data()).join());`;
  const args = ["--conditions=@trivium/source", "--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "11\n", stderr: "" });
});
