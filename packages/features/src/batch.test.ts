import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BatchOptions, logicalPositions, toBatch } from "./batch.ts";
import type { Features } from "./features.ts";

const pad = 0;

/** `source SEP target`, loss on the target and EOS. */
const long: Features = {
  streams: { tokens: [7, 8, 2, 9] },
  prefixLength: 3,
  targets: [8, 2, 9, 3],
  lossWeights: [0, 0, 1, 1],
};
const short: Features = { streams: { tokens: [5, 2] }, prefixLength: 2, targets: [2, 3], lossWeights: [0, 0.5] };

test("short rows are padded on the right, with ids, targets and weights aligned", () => {
  const batch = toBatch([long, short], { pad });
  expect(batch.size).toBe(2);
  expect(batch.streams.tokens).toMatchObject({ lengths: [4, 2], length: 4, padding: "right" });
  expect([...batch.streams.tokens!.ids]).toEqual([7, 8, 2, 9, 5, 2, 0, 0]);
  expect([...batch.targets]).toEqual([8, 2, 9, 3, 2, 3, 0, 0]);
  expect([...batch.lossWeights]).toEqual([0, 0, 1, 1, 0, 0.5, 0, 0]);
  expect(batch.prefixLengths).toEqual([3, 2]);
});

test("on the left, everything moves together and prefix lengths stay logical", () => {
  const batch = toBatch([long, short], { pad, padding: "left" });
  expect([...batch.streams.tokens!.ids]).toEqual([7, 8, 2, 9, 0, 0, 5, 2]);
  expect([...batch.targets]).toEqual([8, 2, 9, 3, 0, 0, 2, 3]);
  expect([...batch.lossWeights]).toEqual([0, 0, 1, 1, 0, 0, 0, 0.5]);
  expect(batch.prefixLengths).toEqual([3, 2]);
});

test.each([-1, -1e-9, Number.NaN, Number.POSITIVE_INFINITY])("a loss weight of %d is refused", (weight) => {
  expect(() => toBatch([long, { ...short, lossWeights: [0, weight] }], { pad })).toThrow(
    expect.objectContaining({
      code: "batch/loss-weights",
      message: expect.stringContaining(`got ${weight} at position 1`),
    }),
  );
});

test("supervised tokens are the positions with loss, seen tokens the real ones of all streams", () => {
  expect(toBatch([long, short], { pad, multipleOf: 8 })).toMatchObject({ supervisedTokens: 3, seenTokens: 6 });
  const pair: Features = {
    streams: { source: [4, 5, 3], target: [1, 6] },
    prefixLength: 0,
    targets: [6, 3],
    lossWeights: [1, 1],
  };
  expect(toBatch([pair, pair], { pad })).toMatchObject({ supervisedTokens: 4, seenTokens: 10 });
});

test("each stream has its own length; targets are as long as the last stream", () => {
  const row = (source: number[], target: number[]): Features => ({
    streams: { source, target },
    prefixLength: 0,
    targets: target,
    lossWeights: target.map(() => 1),
  });
  const batch = toBatch([row([4, 5, 6], [7]), row([8], [9, 10])], { pad });
  expect(batch.streams.source!.length).toBe(3);
  expect([...batch.streams.target!.ids]).toEqual([7, 0, 9, 10]);
  expect(batch.targets.length).toBe(4);
});

test("an empty row has no real token, and a batch at least one slot", () => {
  const empty: Features = { streams: { tokens: [] }, prefixLength: 0, targets: [], lossWeights: [] };
  const batch = toBatch([empty], { pad: 9 });
  expect(batch.streams.tokens).toEqual({ ids: Int32Array.of(9), lengths: [0], length: 1, padding: "right" });
  expect(batch).toMatchObject({ seenTokens: 0, supervisedTokens: 0 });
});

describe("whatever the rows", () => {
  const feature = fc.array(fc.integer({ min: 4, max: 99 }), { minLength: 1, maxLength: 9 }).map(
    (tokens): Features => ({
      streams: { tokens },
      prefixLength: 1,
      targets: tokens.map((id) => id + 1),
      lossWeights: tokens.map((id) => id % 2),
    }),
  );
  const rows = fc.array(feature, { minLength: 1, maxLength: 5 });
  const options: fc.Arbitrary<BatchOptions> = fc.record({
    pad: fc.constant(pad),
    padding: fc.constantFrom("left", "right"),
    multipleOf: fc.integer({ min: 1, max: 8 }),
  });

  test("the length is the least multiple that holds the longest row", () => {
    fc.assert(
      fc.property(rows, options, (some, chosen) => {
        const { length } = toBatch(some, chosen).streams.tokens!;
        const longest = Math.max(...some.map(({ targets }) => targets.length));
        expect(length % chosen.multipleOf!).toBe(0);
        expect(length).toBeGreaterThanOrEqual(longest);
        expect(length - chosen.multipleOf!).toBeLessThan(longest);
      }),
    );
  });

  test("pitfall 15: reading slots by logical position gives every row back, on either side", () => {
    fc.assert(
      fc.property(rows, options, (some, chosen) => {
        const batch = toBatch(some, chosen);
        const { ids, length } = batch.streams.tokens!;
        const positions = logicalPositions(batch.streams.tokens!);
        const read = (values: ArrayLike<number>) =>
          positions.map((slots, row) => {
            const found: number[] = [];
            slots.forEach((position, slot) => {
              if (position >= 0) found[position] = values[row * length + slot] as number;
            });
            return found;
          });
        expect(read(ids)).toEqual(some.map(({ streams }) => streams.tokens));
        expect(read(batch.targets)).toEqual(some.map(({ targets }) => targets));
        expect(read(batch.lossWeights)).toEqual(some.map(({ lossWeights }) => lossWeights));
        positions.forEach((slots, row) => {
          slots.forEach((position, slot) => {
            if (position < 0)
              expect([ids[row * length + slot], batch.lossWeights[row * length + slot]]).toEqual([0, 0]);
          });
        });
      }),
    );
  });
});

test("logical positions count real tokens and are −1 on padding", () => {
  const rows = { ids: new Int32Array(8), lengths: [4, 2], length: 4 };
  expect(logicalPositions(rows)).toEqual([
    [0, 1, 2, 3],
    [0, 1, -1, -1],
  ]);
  expect(logicalPositions({ ...rows, padding: "left" })).toEqual([
    [0, 1, 2, 3],
    [-1, -1, 0, 1],
  ]);
});

test.each<[string, Features[], string, string]>([
  ["no row", [], "batch/empty", "at least one row"],
  ["other streams", [long, { ...short, streams: { source: [1], target: [2] } }], "batch/streams", "[source,target]"],
  ["a target too few", [{ ...long, targets: [8, 2, 9] }], "batch/targets", "4 ids, 3 targets, 4 loss weights"],
  ["a weight too many", [{ ...short, lossWeights: [0, 1, 1] }], "batch/targets", "2 ids, 2 targets, 3 loss weights"],
])("%s is refused", (_, rows, code, text) => {
  const error = caught(() => toBatch(rows, { pad }));
  expect(TriviumError.is(error, code)).toBe(true);
  expect((error as Error).message).toContain(text);
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
