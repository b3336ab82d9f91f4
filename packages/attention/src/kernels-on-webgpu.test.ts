import { webgpuFused } from "@trivium/backend-webgpu";
import { useSoftwareDevice } from "@trivium/backend-webgpu/testing";
import { test } from "vitest";
import { fused } from "./fused.ts";
import { describeKernel } from "./testing.ts";

useSoftwareDevice();
const found = await webgpuFused.probe();

if (found.available) {
  describeKernel(fused(), {
    label: "fused on webgpu",
    activate: () => webgpuFused.activate(),
    // A shader's exponential is off by 3 + 2|x| units in the last place, of logits up to 8 by about 1e-6 of a probability.
    tolerance: { outputs: 3e-5, gradients: 1e-4 },
  });
} else {
  test.skip(`fused on webgpu (${found.reason})`, () => {});
}
