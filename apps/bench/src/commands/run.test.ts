import { expect, test } from "vitest";
import { runBench } from "../testing/run-bench.ts";

test("a run of each architecture trains, decodes, and gives means over its seeds", async () => {
  const sizes = ["--words", "8", "--width", "8", "--layers", "1", "--heads", "2", "--batch", "4", "--decoded", "3"];
  const { measurements, notes } = await runBench("run", ...sizes, "--seeds", "3,4", "--threads", "1");
  expect(measurements.map(({ work }) => work)).toEqual(
    ["causal", "prefix", "encoder-decoder"].map((name) => `${name}, 8 words`),
  );
  for (const { name, per, wer, trainSeconds, stepSeconds, seeds, rounds } of measurements) {
    expect([name, seeds, rounds.length]).toEqual(["trivium", [3, 4], 2]);
    expect(trainSeconds).toBeLessThan(Math.max(...rounds));
    expect(stepSeconds).toBeCloseTo((rounds[0]! + rounds[1]!) / 2, 10);
    expect(per).toBeGreaterThan(0);
    expect(wer).toBeLessThanOrEqual(1);
  }
  expect(notes.filter((note) => note.startsWith("prefix, trivium f32, seed 4: "))).toHaveLength(1);
});

test.each([
  [["--seeds", "one"], "bench run: seeds"],
  [["--restart-positions", "perhaps"], "bench run: restartPositions"],
])("%j is refused", async (words, message) => {
  await expect(runBench("run", ...words)).rejects.toThrow(message);
});
