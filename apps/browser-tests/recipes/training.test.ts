import { fused } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { cpu, wasm } from "@trivium/backend-tfjs";
import { webgpuFused } from "@trivium/backend-webgpu";
import { useSoftwareDevice } from "@trivium/backend-webgpu/testing";
import { beforeAll, expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import type { TrainingReport } from "../src/pages/training.ts";
import { runInChromium } from "../src/run-in-chromium.ts";
import { arms, trainingLosses } from "../src/training-steps.ts";

const STEPS = 20;
const entry = new URL("../src/pages/training.ts", import.meta.url);
const names = Object.keys(arms);

/** By backend and architecture; computed once, since every test compares with some of them. */
const inNode: Record<string, Record<string, readonly number[]>> = {};

beforeAll(async () => {
  for (const { name, activate } of [cpu, wasm, simd]) {
    await activate();
    const losses: Record<string, readonly number[]> = {};
    for (const arm of names) losses[arm] = await trainingLosses(arm, STEPS);
    inNode[name] = losses;
  }
}, 300_000);

/** Rounding differs between kernels and grows over steps; a wrong gradient shows in the second loss already. */
function expectNear(got: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(expected.length);
  const distance = Math.max(...got.map((loss, step) => Math.abs(loss - expected[step]!)));
  expect(distance).toBeLessThanOrEqual(tolerance);
}

test.for(names)("%s: twenty steps lower the loss on cpu", (arm) => {
  const losses = inNode.cpu![arm]!;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
  expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) - 0.1);
});

test.for(names)("%s: twenty steps on wasm and on simd follow cpu", (arm) => {
  for (const backend of ["wasm", "simd"]) expectNear(inNode[backend]![arm]!, inNode.cpu![arm]!, 2e-4);
});

const pages = names.flatMap((arm) => [true, false].map((isolated) => ({ arm, isolated })));

test.for(pages)("$arm: in Chromium, isolated $isolated, twenty steps on simd follow Node's", async (page, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const { arm, isolated } = page;
  const input = { backend: "simd", arm, steps: STEPS };
  const report = await runInChromium<TrainingReport>({ entry, isolated, input });
  expect(report).toMatchObject({ active: "simd", isolated });
  expectNear(report.losses, inNode.simd![arm]!, 2e-4);
});

/** A step in software shaders takes most of a second; `pnpm check:long` takes them all. */
const shaderSteps = process.env.TRIVIUM_LONG ? STEPS : 3;

/** The greatest relative error that the conformance suite allows an op of a shader. */
const SHADER_ERROR = 3e-5;

/**
 * The tolerance of losses on shaders: how far those of simd go apart over the steps where each first parameter is off by
 * as much as an op of a shader may be, the greatest of some such trainings, and once more for the ops after them.
 */
async function shaderTolerance(arm: string): Promise<number> {
  await simd.activate();
  const usual = inNode.simd![arm]!;
  let greatest = 0;
  for (let seed = 0; seed < 4; seed++) {
    const losses = await trainingLosses(arm, shaderSteps, { disturbance: { relative: SHADER_ERROR, seed } });
    greatest = Math.max(greatest, ...losses.map((loss, step) => Math.abs(loss - usual[step]!)));
  }
  return 2 * greatest;
}

test.for(names)("%s: in Chromium, steps on webgpu-fused with its own attention follow simd", async (arm, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const input = { backend: "webgpu-fused", arm, steps: shaderSteps, attention: "fused" };
  const report = await runInChromium<TrainingReport>({ entry, isolated: false, input });
  expect(report.active).toBe("webgpu-fused");
  const tolerance = await shaderTolerance(arm);
  expect(tolerance).toBeLessThan(5e-3);
  expectNear(report.losses, inNode.simd![arm]!.slice(0, shaderSteps), tolerance);
});

/** Programs compile for each process anew, which takes most of the time. */
const inDawn = process.env.TRIVIUM_LONG ? names : ["encoder-decoder"];

test.for(inDawn)("%s: in Node.js, steps on webgpu-fused with its own attention follow simd", async (arm, context) => {
  useSoftwareDevice();
  const found = await webgpuFused.probe();
  context.skip(!found.available, found.available ? "" : found.reason);
  const tolerance = await shaderTolerance(arm);
  await webgpuFused.activate();
  const losses = await trainingLosses(arm, shaderSteps, { attention: fused() });
  expectNear(losses, inNode.simd![arm]!.slice(0, shaderSteps), tolerance);
});

const shaders = [
  { backend: "webgl", arm: "prefix" },
  { backend: "webgpu", arm: "encoder-decoder" },
];

test.for(shaders)("$arm: in Chromium, steps on $backend follow cpu", async ({ backend, arm }, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const input = { backend, arm, steps: shaderSteps };
  const report = await runInChromium<TrainingReport>({ entry, isolated: false, input });
  expect(report.active).toBe(backend);
  expectNear(report.losses, inNode.cpu![arm]!.slice(0, shaderSteps), 5e-3);
});
