import { expect, test } from "vitest";
import { decodingShapes, weightsPerToken } from "../decoding-work.ts";
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
    "read",
  ]);
  for (const { work, bytesCopied } of measurements) expect(bytesCopied === undefined).toBe(!/token|beams/.test(work));
  expect(text).toContain("copied");
});

test("a token of a known model reads its matrices once", () => {
  // GPT-2's 124,439,808 parameters but 1,024 positions, biases and norms; SmolLM2's 134,515,008 but its norms.
  expect(weightsPerToken(decodingShapes.gpt2)).toBe(124_439_808 - 1024 * 768 - 12 * (13 * 768) - 2 * 768);
  expect(weightsPerToken(decodingShapes.smollm2)).toBe(134_515_008 - 61 * 576);
});
