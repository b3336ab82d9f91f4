import { expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = ["--vocab", "11", "--length", "4", "--batch", "2", "--width", "8", "--layers", "3", "--heads", "2"];

test("every product of a step is timed inside it and alone, and all are summed", async () => {
  const words = ["products", ...tiny, "--gemm", "wasm", "--threads", "1", ...quickly];
  const { measurements, text } = await runBench(...words);
  expect(new Set(measurements.map(({ name }) => name))).toEqual(new Set(["trivium", "inside the step"]));
  const inside = measurements.filter(({ name }) => name !== "trivium");
  // Four projections of 8 × 8 in each of three layers, on eight positions.
  expect(inside.map(({ work }) => work)).toContain("8×8×8 nn, 12 in causal 11 4 2 8 3 2");
  const total = inside.at(-1)!;
  expect(total.work).toBe("all in causal 11 4 2 8 3 2");
  const parts = inside.slice(0, -1).map(({ work, stepSeconds }) => Number(/, (\d+) in/.exec(work)?.[1]) * stepSeconds);
  expect(total.stepSeconds).toBeCloseTo(
    parts.reduce((sum, one) => sum + one, 0),
    9,
  );
  // 6·N of the weights that are factors: all but embeddings, norms and biases.
  const weights = 3 * (4 * 8 * 8 + 2 * 8 * 32) + 8 * 11;
  expect(total.gflops! * total.stepSeconds * 1e9).toBeCloseTo(6 * weights * 8, 3);
  expect(text).toContain("inside the step");
});

test("products of batches of matrices are counted, not timed", async () => {
  const { notes } = await runBench("products", ...tiny, "--attention", "reference", "--threads", "1", ...quickly);
  expect(notes.join()).toMatch(/causal 11 4 2 8 3 2: \d+ products of batches of matrices are left out/);
});
