import { expect, test } from "vitest";
import { runBench } from "../testing/run-bench.ts";

test("a corpus is read from plain and compressed files, as bytes and as byte pairs", async () => {
  const words = ["--megabytes", "1", "--files", "jsonl.gz", "--tokenizer", "byte,byte-pairs", "--vocabulary", "300"];
  const { measurements } = await runBench("data", ...words);
  expect(measurements.map(({ work }) => work)).toEqual(["1 MB jsonl.gz, byte", "1 MB jsonl.gz, byte-pairs"]);
  const tokens = measurements.map(({ tokensPerSecond, stepSeconds }) => tokensPerSecond! * stepSeconds);
  // Two per cent are held out; each window begins with the last token of the one before.
  expect(tokens[0]! / 1e6).toBeGreaterThan(0.9);
  expect(tokens[0]! / 1e6).toBeLessThan(1.1);
  expect(tokens[1]!).toBeLessThan(tokens[0]!);
  for (const { gigabytesPerSecond, stepSeconds } of measurements)
    expect(gigabytesPerSecond! * stepSeconds).toBeCloseTo(1e-3, 9);
});
