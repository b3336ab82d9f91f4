import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegistry } from "@trivium/registry";
import { afterAll, expect, test } from "vitest";
import { fileSchedule } from "./file-schedule.ts";
import { oneCycle } from "./one-cycle.ts";
import { trainerPlugins } from "./plugins.ts";
import { points } from "./points.ts";
import { warmupLinear } from "./warmup-linear.ts";
import { warmupStableDecay } from "./warmup-stable-decay.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-schedule-"));
afterAll(() => rmSync(folder, { recursive: true }));

const steps = (count: number) => Array.from({ length: count }, (_, step) => step);

test("warm-up and a straight line have exact rates", () => {
  const rate = warmupLinear({ peak: 8, warmupSteps: 4, steps: 12, floor: 0 });
  expect(steps(14).map(rate)).toEqual([2, 4, 6, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
  expect(warmupLinear({ peak: 8, warmupSteps: 0, steps: 4, floor: 4 })(1)).toBe(7);
});

test.each([
  [{}, [4, 8, 8, 8, 8, 8, 8, 8, 8, 4, 0, 0]],
  [{ decaySteps: 4, floor: 4 }, [4, 8, 8, 8, 8, 8, 8, 7, 6, 5, 4, 4]],
  [{ decaySteps: 4, shape: "square-root" as const }, [4, 8, 8, 8, 8, 8, 8, 4, 8 * (1 - Math.SQRT1_2), 8 * (1 - Math.sqrt(0.75)), 0, 0]], // biome-ignore format: one case
  [{ decaySteps: 4, shape: "cosine" as const }, [4, 8, 8, 8, 8, 8, 8, 4 + 2 * Math.SQRT2, 4, 4 - 2 * Math.SQRT2, 0, 0]], // biome-ignore format: one case
  [{ decaySteps: 0 }, [4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]],
])("warm-up, the peak and a fall with %j have exact rates", (options, expected) => {
  const rate = warmupStableDecay({ peak: 8, warmupSteps: 2, steps: 10, ...options });
  expect(steps(12).map(rate)).toEqual(expected.map((value) => expect.closeTo(value, 12)));
});

test("one cycle has the rates of PyTorch 2.15's OneCycleLR(max_lr=0.01, total_steps=20)", () => {
  const rate = oneCycle({ peak: 0.01, steps: 20 });
  const expected = [
    0.0004, 0.001316718427, 0.006683281573, 0.01, 0.00987464006235, 0.00500002, 0.000125399937649, 4e-8,
  ];
  expect([0, 1, 3, 5, 6, 12, 18, 19].map(rate)).toEqual(expected.map((value) => expect.closeTo(value, 12)));
  const short = oneCycle({ peak: 0.01, steps: 20, warmupSteps: 2, startDivisor: 10, endDivisor: 100 });
  const ofShort = [0.001, 0.01, 0.0099241147263, 0.005005, 1e-5, 1e-5];
  expect([0, 1, 2, 10, 19, 25].map(short)).toEqual(ofShort.map((value) => expect.closeTo(value, 12)));
  expect([0, 1].map(oneCycle({ peak: 1, steps: 1 }))).toEqual([1, 1]);
});

test("points are joined by straight lines, and hold before the first and after the last", () => {
  const rate = points({ points: [[2, 1], [4, 3], [8, 1]] }); // biome-ignore format: one line
  expect(steps(10).map(rate)).toEqual([1, 1, 1, 2, 3, 2.5, 2, 1.5, 1, 1]);
  expect(() => points({ points: [] })).toThrow(/at least one.*got none/);
  expect(() => points({ points: [[2, 1], [2, 3]] })).toThrow(/got step 2 behind step 2/); // biome-ignore format: one line
});

const fileOf = (text: string): string => {
  const path = join(folder, "rates.csv");
  writeFileSync(path, text);
  return path;
};

test("a file has points apart by commas, tabs or spaces, with comments", () => {
  const rate = fileSchedule({ path: fileOf("\uFEFF# step, rate\n0, 0.5\r\n\n10\t1\n 20  1e-3\n") });
  expect([0, 5, 10, 20, 30].map(rate)).toEqual([0.5, 0.75, 1, 0.001, 0.001]);
  expect(rate.settings).toEqual({ name: "points", points: [[0, 0.5], [10, 1], [20, 0.001]] }); // biome-ignore format: one line
});

test.each([
  ["0, 1\n1, x", /rates\.csv:2: a line has a step and a rate.*got "1, x"/],
  ["0, 1, 2", /rates\.csv:1/],
  ["-1, 1", /rates\.csv:1/],
  ["0.5, 1", /rates\.csv:1/],
  ["5", /rates\.csv:1/],
  ["0, -1", /rates\.csv:1/],
  ["5, 1\n4, 1", /got step 4 behind step 5/],
  ["# nothing", /got none/],
])("the file %j is refused by its line", (text, message) => {
  expect(() => fileSchedule({ path: fileOf(text) })).toThrow(message);
});

test("a missing file, and options that a schedule does not have, are refused", () => {
  expect(() => fileSchedule({ path: join(folder, "none.csv") })).toThrow(
    /cannot read the schedule .*none\.csv.*ENOENT/,
  );
  const registry = createRegistry(trainerPlugins);
  const options = { peak: 1, warmupSteps: 1, steps: 4, shape: "round" };
  expect(() => registry.create("schedule", "warmup-stable-decay", options as never)).toThrow(/shape/);
  expect(() => registry.create("schedule", "points", { points: [[0.5, 1]] })).toThrow(/points\.0\.0/);
});
