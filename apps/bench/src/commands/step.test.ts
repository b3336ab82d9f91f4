import { describe, expect, test } from "vitest";
import { architectures } from "../step-work.ts";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = ["--vocab", "11", "--length", "4", "--batch", "2", "--width", "8", "--layers", "1", "--heads", "2"];

describe.each(architectures)("%s", (architecture) => {
  test("a step of simd and of a peer is measured, with all that identifies it", async () => {
    const words = [
      "step",
      "--architecture",
      architecture,
      ...tiny,
      ...["--gemm", "wasm", "--threads", "1", "--peers", "tfjs-cpu"],
      ...quickly,
    ];
    const { measurements, text } = await runBench(...words);
    expect(measurements.map(({ name }) => name)).toEqual(["trivium", "tfjs-cpu"]);
    for (const { tokensPerSecond, gflops, stepSeconds, parameters, work, command, timesTrivium } of measurements) {
      expect(tokensPerSecond).toBeCloseTo(8 / stepSeconds, 5);
      const places = architecture === "encoder-decoder" ? 4 : 8;
      expect(gflops).toBeCloseTo((6 * parameters! * places) / stepSeconds / 1e9, 8);
      expect(work).toBe(`${architecture} 11 4 2 8 1 2`);
      expect(command).toBe(`trivium bench ${words.join(" ")}`);
      expect(timesTrivium).toBeGreaterThan(0);
    }
    expect(measurements[0]).toMatchObject({ provider: "wasm", threads: 1, precision: "f32", timesTrivium: 1 });
    expect(measurements[0]?.shareOfPeak).toBeGreaterThan(0);
    expect(text).toContain("tokens/s");
  });
});

test("each number of threads is a contender", async () => {
  const { measurements } = await runBench("step", ...tiny, "--threads", "1,2", ...quickly);
  expect(measurements.map(({ threads }) => threads)).toEqual([1, 2]);
});

test("a peer that is not there is left out, and it is said why", async () => {
  process.env.TRIVIUM_PYTHON = "/nowhere/python";
  try {
    const { measurements, notes } = await runBench("step", ...tiny, "--threads", "1", "--peers", "torch", ...quickly);
    expect(measurements.map(({ name }) => name)).toEqual(["trivium"]);
    expect(notes[0]).toMatch(/^torch is left out: no Python with PyTorch .* pip install torch/);
  } finally {
    delete process.env.TRIVIUM_PYTHON;
  }
});

test.each([
  [["step", "--length", "none"], "bench step: length"],
  [["step", "--architecture", "prefix", "--length", "5"], "halved for prefix: give an even one from 4, got 5"],
  [["step", "--peers", "caffe"], "bench step: peers"],
  [["step", "--shape", "S9"], "bench step: shape"],
  [["step", "--lenght", "5"], "--length"],
])("%j is refused", async (words, message) => {
  await expect(runBench(...words)).rejects.toThrow(message);
});
