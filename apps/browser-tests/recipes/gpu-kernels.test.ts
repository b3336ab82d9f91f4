import { kernelTests } from "@trivium/attention/testing";
import { expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import { gpuWork } from "../src/measure-gpu-work.ts";
import type { KernelReport } from "../src/pages/attention-kernel.ts";
import { runInChromium } from "../src/run-in-chromium.ts";
import { arms } from "../src/training-steps.ts";

const entry = new URL("../src/pages/attention-kernel.ts", import.meta.url);

/** A device in software takes these in seconds; `pnpm check:long` takes all. */
const short = /finite differences|outputs agree/;
const checks = kernelTests.filter((name) => process.env.TRIVIUM_LONG || short.test(name));

test("in Chromium, fused attention on webgpu-fused conforms, in outputs and gradients", async (context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const input = { backend: "webgpu-fused", tolerance: { outputs: 3e-5, gradients: 1e-4 }, checks };
  const report = await runInChromium<KernelReport>({ entry, isolated: false, input });
  expect(report.failures).toEqual([]);
  expect(report.passed.length).toBe(checks.length);
});

/** Composed ops take a device in software seconds a step. */
const counted = process.env.TRIVIUM_LONG ? Object.keys(arms) : ["prefix"];

test.for(counted)(
  "%s: a step on webgpu-fused starts two fifths of the programs and reads once",
  async (arm, context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const { composed, fused } = await gpuWork(arm);
    expect(fused.dispatches / composed.dispatches).toBeLessThanOrEqual(0.4);
    expect(fused.reads).toBe(1);
    expect(fused.bytesRead).toBeLessThanOrEqual(composed.bytesRead);
  },
);
