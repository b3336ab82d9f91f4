import { expect, test } from "vitest";
import type { ArmResult } from "../framework/claim.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";
import { longRunArms, longRunTables } from "./long-run.ts";

const full = longRunArms({ preset: "full", seeds: [4, 5, 6] });

test("quick has no long run; full has one, of the first seed, on the test part, with every core to itself", () => {
  expect(longRunArms({ preset: "quick", seeds: [4, 5, 6] })).toEqual([]);
  expect(full).toHaveLength(1);
  expect(full[0]).toMatchObject({
    alone: true,
    configuration: { architecture: "encoder-decoder", seed: 4, evaluation: { part: "test", beam: 4 } },
  });
});

test("the table has what it reached and cost beside what was published, and without a long run there is none", () => {
  const numbers = { wer: 0.5, per: 0.25, targetLoss: 1, parameters: 10, flops: 3e12, data: { train: 512_000 } };
  const arms = full.map(({ name, configuration }) => ({ name, configuration, numbers, times: { seconds: 90 } }));
  const tables = longRunTables(arms as unknown as ArmResult<TrainingNumbers>[]);
  // 4,000 steps of 256 words.
  expect(tables[0]?.rows[0]).toEqual([full[0]?.name, 0.5, 0.25, 1, 10, 3, 2]);
  expect(tables[0]?.rows[1]).toEqual([
    "published, Phonetisaurus, split of PRONALSYL 2007",
    0.244,
    ...Array(5).fill(null),
  ]);
  expect(tables[1]).toMatchObject({ timed: true, rows: [[full[0]?.name, 1.5]] });
  expect(longRunTables([])).toEqual([]);
});
