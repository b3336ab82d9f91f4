import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { webgpu } from "./webgpu.ts";

// The conformance suite runs in Chromium: apps/browser-tests.
test("outside a browser, probe says why not and what to do, and activate refuses with the same words", async () => {
  const found = await webgpu.probe();
  expect(found).toEqual({
    available: false,
    reason: "WebGPU is an interface of browsers and this is none",
    remedy: expect.stringContaining("Run in a browser"),
  });
  await expect(webgpu.activate()).rejects.toThrow(
    'backend "webgpu" cannot run here: WebGPU is an interface of browsers and this is none. Run in a browser',
  );
});

test("neither probing nor refusing registers the backend with tfjs", async () => {
  await webgpu.probe();
  await webgpu.activate().catch(() => undefined);
  expect(tf.findBackendFactory("webgpu")).toBeNull();
});
