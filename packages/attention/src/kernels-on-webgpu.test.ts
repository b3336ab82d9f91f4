import { webgpuFused } from "@trivium/backend-webgpu";
import { useSoftwareDevice } from "@trivium/backend-webgpu/testing";
import { test } from "vitest";
import { fused } from "./fused.ts";
import { describeKernel, kernelTests } from "./testing.ts";

useSoftwareDevice();
const found = await webgpuFused.probe();

/** Checks that a device in software takes in a second or two. */
const short = /finite differences|outputs agree|no influence, to the bit|with a code|scale is|bottom/;
const long = {
  reason: "long on a device in software: pnpm check:long",
  tests: kernelTests.filter((name) => !short.test(name)),
};

if (found.available) {
  describeKernel(fused(), {
    label: "fused on webgpu",
    activate: () => webgpuFused.activate(),
    skip: process.env.TRIVIUM_LONG ? [] : [long],
    // A shader's exponential is off by 3 + 2|x| units in the last place, of logits up to 8 by about 1e-6 of a probability.
    tolerance: { outputs: 3e-5, gradients: 1e-4 },
  });
} else {
  test.skip(`fused on webgpu (${found.reason})`, () => {});
}
