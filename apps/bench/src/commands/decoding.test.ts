import { expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = ["--keys", "32", "--layers", "2", "--width", "8", "--heads", "2", "--vocabulary", "9", "--threads", "1"];

test("a token, beams that move, and the bookkeeping of a step are measured, with the bytes that were copied", async () => {
  const { measurements, text } = await runBench("decoding", ...tiny, "--batch", "1,2", ...quickly);
  expect(measurements.map(({ work }) => work)).toEqual([
    "token, batch 1, 32 keys, 2 layers",
    "bookkeeping, batch 1, 32 keys, 2 layers",
    "token, batch 2, 32 keys, 2 layers",
    "beams, batch 2, 32 keys, 2 layers",
    "bookkeeping, batch 2, 32 keys, 2 layers",
  ]);
  for (const { work, bytesCopied } of measurements) expect(bytesCopied === undefined).toBe(work.startsWith("book"));
  expect(text).toContain("copied");
});
