import { probeGemmProviders } from "@trivium/backend-simd";
import { expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

test("products of simd and of peers are measured, of every transposition that was asked for", async () => {
  const words = ["gemm", "--m", "6", "--n", "4", "--transpose", "nn,tt", "--threads", "1"];
  const { measurements } = await runBench(...words, "--peers", "tfjs-cpu,jax-js", ...quickly);
  const works = measurements.map(({ name, work }) => [name, work]);
  expect(works).toEqual(
    ["6×4×6 nn", "6×4×6 tt"].flatMap((work) => ["trivium", "tfjs-cpu", "jax-js"].map((name) => [name, work])),
  );
  for (const { gflops, stepSeconds } of measurements) {
    expect(gflops! * stepSeconds * 1e9).toBeCloseTo(2 * 6 * 4 * 6, 6);
  }
});

test("transpositions that there are not are refused", async () => {
  await expect(runBench("gemm", "--transpose", "nx")).rejects.toThrow("bench gemm: transpose");
});

test("each provider is a contender; all are those that can run here", async () => {
  const { measurements } = await runBench("gemm", "--m", "4", "--gemm", "all", "--threads", "1", ...quickly);
  const available = probeGemmProviders().filter((provider) => provider.available);
  expect(measurements.map(({ provider }) => provider)).toEqual(available.map(({ name }) => name));
});

test.each([
  [["--gemm", "magic"], 'no GEMM provider "magic"'],
  [["--gemm", "wasm", "--precision", "bf16"], "bf16 products need"],
])("%j is refused: what was asked for is never replaced", async (words, message) => {
  await expect(runBench("gemm", "--m", "4", ...words)).rejects.toThrow(message);
});
