import { expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = ["--rows", "32", "--width", "8", "--vocabulary", "5", "--heads", "2", "--threads", "1"];

test("every kernel is measured on simd and on tfjs, forward and backward", async () => {
  const { measurements, notes, text } = await runBench("ops", ...tiny, "--peers", "tfjs-cpu,tfjs-wasm", ...quickly);
  expect(notes).toEqual([]);
  const works = [...new Set(measurements.map(({ work }) => work))];
  expect(works).toContain("gelu, forward");
  expect(works).toContain("layer norm, forward and backward");
  expect(works).toContain("AdamW");
  for (const work of works) {
    const names = measurements.filter((one) => one.work === work).map(({ name }) => name);
    expect(names).toEqual(["trivium", "tfjs-cpu", "tfjs-wasm"]);
  }
  // Each has the best attention kernel of its backend, and the table says which.
  const attention = measurements.filter(({ work }) => work === "attention, 16 positions, forward and backward");
  expect(attention.map(({ name, kernel }) => [name, kernel])).toEqual([
    ["trivium", "fused"],
    ["tfjs-cpu", "reference"],
    ["tfjs-wasm", "reference"],
  ]);
  expect(text).toMatch(/kernel/);
  const gelu = measurements.find(({ work }) => work === "gelu, forward");
  expect(gelu!.gigabytesPerSecond! * gelu!.stepSeconds * 1e9).toBeCloseTo(4 * 2 * 32 * 32, 4);
});

test("operations are chosen by a part of their names; a name that none has is refused with what there is", async () => {
  const { measurements } = await runBench("ops", ...tiny, "--only", "norm, forward and", ...quickly);
  expect(measurements.map(({ work }) => work)).toEqual([
    "layer norm, forward and backward",
    "RMS norm, forward and backward",
  ]);
  await expect(runBench("ops", "--only", "softplus")).rejects.toThrow(/no operation has "softplus".*AdamW/);
});

test("an attention kernel that was asked for is taken by all; a peer that lacks it is left out with a note", async () => {
  const words = ["--only", "attention, 16 positions, forward and", "--attention", "fused", "--peers", "tfjs-cpu"];
  const { measurements, notes } = await runBench("ops", ...tiny, ...words, ...quickly);
  expect(measurements.map(({ name, kernel }) => [name, kernel])).toEqual([["trivium", "fused"]]);
  expect(notes.join()).toMatch(/tfjs-cpu is left out: attention, 16 positions.* no fused attention/);
});
