import { describe, expect, test } from "vitest";
import { findChromium, NO_CHROMIUM } from "../src/find-chromium.ts";
import type { ConformanceReport } from "../src/pages/conformance.ts";
import type { TrainingReport } from "../src/pages/training.ts";
import type { ThreadsReport } from "../src/pages/training-on-threads.ts";
import { type PageRun, runInChromium } from "../src/run-in-chromium.ts";
import { arms } from "../src/training-steps.ts";

const THREADS = 2;
const places = ["page", "worker"] as const;
const conformance = new URL("../src/pages/conformance.ts", import.meta.url);
const training = new URL("../src/pages/training.ts", import.meta.url);
const trainingOnThreads = new URL("../src/pages/training-on-threads.ts", import.meta.url);
// Of the package itself: it draws calls of kernels that are not its public interface.
const sameBits = new URL("../../../packages/backend-simd/src/testing/same-bits-page.ts", import.meta.url);

// The main thread of a page may only spin; a dedicated worker may sleep until shares are done.
describe.for(places)("in Chromium, in a %s", (place) => {
  test("two threads give the bits of one, for every accelerated kernel", async (context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const input = { threads: THREADS, runs: 5 };
    const report = await runInChromium<{ calls: number }>({ entry: sameBits, isolated: true, place, input });
    expect(report).toMatchObject({ isolated: true, threads: THREADS, different: [], workerWorksAlone: true });
    expect(report.calls).toBeGreaterThan(300);
  });

  test("the backend conforms on two threads", async (context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const run = { entry: conformance, isolated: true, place, input: { backend: "simd-2-cut" } };
    const report = await runInChromium<ConformanceReport>(run);
    expect(report).toMatchObject({ active: "simd-2-cut", isolated: true, failures: [] });
  });

  test("twenty training steps of each architecture on two threads give the bits of one", async (context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const input = { backends: ["simd-1", "simd-2-cut"], steps: 20 };
    const run = { entry: trainingOnThreads, isolated: true, place, input };
    const { isolated, losses } = await runInChromium<ThreadsReport>(run);
    expect(isolated).toBe(true);
    expect(Object.values(losses["simd-1"]!).map(({ length }) => length)).toEqual(Object.keys(arms).map(() => 20));
    expect(losses["simd-2-cut"]).toEqual(losses["simd-1"]);
  });
});

const refusals: readonly (readonly [string, Partial<PageRun>, RegExp])[] = [
  [
    "is not cross-origin isolated",
    { isolated: false },
    /2 threads need .* cross-origin isolated.* Cross-Origin-Opener-Policy: same-origin .*threads: 1/,
  ],
  [
    "forbids workers from blob:",
    { policy: "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'", allowedErrors: /worker/ },
    /could not start .*threads: 1.* content security policy allow workers from blob:/,
  ],
];

test.for(refusals)(
  "a page that %s works with one thread, and refuses two with the remedy",
  async ([, kind, error], context) => {
    context.skip(findChromium() === undefined, NO_CHROMIUM);
    const run = (backend: string) => {
      const input = { backend, arm: "causal", steps: 1 };
      return runInChromium<TrainingReport>({ entry: training, isolated: true, input, ...kind });
    };
    expect((await run("simd")).losses).toHaveLength(1);
    await expect(run("simd-2")).rejects.toThrow(error);
  },
);
