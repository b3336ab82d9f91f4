import { expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import type { ConformanceReport } from "../src/pages/conformance.ts";
import { runInChromium } from "../src/run-in-chromium.ts";

const entry = new URL("../src/pages/conformance.ts", import.meta.url);
const runs = [
  { backend: "simd", isolated: true },
  { backend: "simd", isolated: false },
  { backend: "wasm", isolated: true },
];

test.for(runs)("in Chromium, $backend conforms with cross-origin isolation $isolated", async (run, context) => {
  context.skip(findChromium() === undefined, NO_CHROMIUM);
  const { backend, isolated } = run;
  const report = await runInChromium<ConformanceReport>({ entry, isolated, input: { backend } });
  expect(report).toMatchObject({ active: backend, isolated, failures: [] });
  expect(report.passed).toBeGreaterThan(250);
});
