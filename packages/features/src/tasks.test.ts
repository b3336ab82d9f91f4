import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { toBatch } from "./batch.ts";
import type { Features } from "./features.ts";
import { mixtureShares } from "./mixture-shares.ts";
import { toPackedBatch } from "./packed-batch.ts";
import { taskLosses } from "./task-losses.ts";
import { taskPositions } from "./task-positions.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const row = (length: number, task?: string): Features => ({
  streams: { tokens: Array(length).fill(length) },
  prefixLength: 0,
  targets: Array(length).fill(length),
  lossWeights: Array.from({ length }, (_, at) => (at === 0 ? 0 : 1)),
  task,
});
const rows = [row(3, "copy"), row(2), row(4, "sort"), row(2, "copy")];

test("the task of each document comes along, padded and packed, and without tasks there are none", () => {
  expect(toBatch(rows).tasks).toEqual(["copy", undefined, "sort", "copy"]);
  expect(toPackedBatch(rows, { length: 6 }).tasks).toEqual(["sort", "copy", "copy", undefined]);
  expect(toBatch([row(2)]).tasks).toBeUndefined();
  expect(taskPositions(toBatch([row(2)]))).toBeUndefined();
  expect(taskPositions(toPackedBatch(rows, { length: 6 }))).toEqual([
    ...["sort", "sort", "sort", "sort", "copy", "copy"],
    ...["copy", "copy", "copy", undefined, undefined, undefined],
  ]);
});

test("losses are summed by task, whatever the rows", () => {
  const summed = [toBatch(rows), toPackedBatch(rows, { length: 6 })].map((batch) => {
    const losses = tf.tensor1d([...batch.lossWeights].map((weight, at) => weight * (batch.targets[at] as number)));
    const parts = Object.entries(taskLosses(losses, batch) ?? {});
    return parts.map(([task, { sum, tokens }]) => [task, sum.dataSync()[0], tokens]);
  });
  // Two positions of 3 and one of 2; three of 4.
  const expected = [
    ["copy", 8, 3],
    ["sort", 12, 3],
  ];
  expect(summed).toEqual([expected, expected]);
});

describe("shares of a mixture", () => {
  test("are proportional to the rates, to their limit, and to a root of them", () => {
    expect(mixtureShares({ copy: 3, sort: 1, none: 0 })).toEqual({ copy: 0.75, sort: 0.25, none: 0 });
    expect(mixtureShares({ copy: 1e6, sort: 100 }, { maximum: 300 })).toEqual({ copy: 0.75, sort: 0.25 });
    const { copy, sort } = mixtureShares({ copy: 16, sort: 1 }, { temperature: 2 });
    expect([copy, sort]).toEqual([0.8, 0.2]);
    expect(mixtureShares({ copy: 16, sort: 1 }, { temperature: 1e9 }).copy).toBeCloseTo(0.5, 6);
  });

  test.each([
    [{ copy: -1, sort: 2 }, {}, 'a rate is finite and at least 0, got -1 for task "copy"'],
    [{ copy: 0 }, {}, "one rate of a mixture is positive"],
    [{}, {}, "one rate of a mixture is positive"],
    [{ copy: 1 }, { temperature: 0 }, "the temperature of a mixture is positive, got 0"],
    [{ copy: 1 }, { maximum: 0 }, "the maximum of a mixture is positive, got 0"],
  ])("%o, %o are refused", (rates, options, message) => {
    expect(() => mixtureShares(rates, options)).toThrow(message);
  });
});
