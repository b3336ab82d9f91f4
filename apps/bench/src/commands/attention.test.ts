import { expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = ["--length", "8", "--heads", "2", "--width", "8", "--threads", "1"];

test("each mask is measured with its visible fraction and its memory, and compared with the first", async () => {
  const masks = ["--mask", "full", "--mask", "prefix(4)|causal", "--mask", "window(1)&causal"];
  const { measurements } = await runBench(
    "attention",
    ...masks,
    ...tiny,
    "--kernel",
    "blockwise,reference",
    ...quickly,
  );
  expect(measurements.map(({ work }) => work)).toEqual(
    ["blockwise", "reference"].flatMap((kernel) =>
      ["full", "prefix(4) | causal", "window(1) & causal"].map((mask) => `${mask}, ${kernel}`),
    ),
  );
  const pairs = [64, 42, 15];
  for (const [at, measurement] of measurements.entries()) {
    const { visibleFraction, gflops, stepSeconds, timesFirst, peakEngineBytes, residentBytes } = measurement;
    const visible = pairs[at % 3] as number;
    expect(visibleFraction).toBeCloseTo(visible / 64, 10);
    expect(gflops! * stepSeconds * 1e9).toBeCloseTo(12 * 8 * visible, 6);
    expect(timesFirst).toBeCloseTo(measurements[at - (at % 3)]!.stepSeconds / stepSeconds, 10);
    expect(peakEngineBytes).toBeGreaterThan(0);
    expect(residentBytes).toBeGreaterThan(peakEngineBytes as number);
  }
});

test.each([
  [["--mask", "diagonal"], "diagonal"],
  [["--width", "9", "--heads", "2"], "--width 9 is not a multiple of --heads 2"],
  [["--kernel", "magic"], "magic"],
])("%j is refused", async (words, message) => {
  await expect(runBench("attention", ...words)).rejects.toThrow(message);
});
