import { expect, test } from "vitest";
import { quickly, runBench } from "../testing/run-bench.ts";

const tiny = "--source 5 --tokens 3 --layers 1 --width 8 --heads 2 --feed-forward 8 --vocabulary 9 --threads 1".split(
  " ",
);

test("an encoder-decoder's answer is measured with weights of each format", async () => {
  const { measurements } = await runBench("answers", ...tiny, "--weights", "f32,bf16", ...quickly);
  expect(measurements.map(({ work, precision }) => [work, precision])).toEqual([
    ["answer of 3 to 5", "f32"],
    ["answer of 3 to 5", "bf16"],
  ]);
});

test("prompts that are run whole are measured beside tokens", async () => {
  const sizes = "--keys 4 --tokens 2 --layers 1 --width 8 --heads 2 --vocabulary 9 --threads 1".split(" ");
  const { measurements } = await runBench("decoding", ...sizes, "--batch", "1", "--prefill", "6", ...quickly);
  expect(measurements.find(({ work }) => work === "prefill 6, batch 1, 1 layers")?.tokensPerSecond).toBeGreaterThan(0);
});
