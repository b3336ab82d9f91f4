import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { webgl } from "./webgl.ts";

// The conformance suite runs in Chromium: apps/browser-tests.
test("outside a browser, probe says why not and what to do, and activate refuses with the same words", async () => {
  const found = await webgl.probe();
  expect(found).toEqual({
    available: false,
    reason: "WebGL is an interface of browsers and this is none",
    remedy: expect.stringContaining("Run in a browser"),
  });
  await expect(webgl.activate()).rejects.toThrow(
    'backend "webgl" cannot run here: WebGL is an interface of browsers and this is none. Run in a browser',
  );
});

test("neither probing nor refusing registers the backend with tfjs", async () => {
  await webgl.probe();
  await webgl.activate().catch(() => undefined);
  expect(tf.findBackendFactory("webgl")).toBeNull();
});
