import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Batch, logicalPositions } from "./batch.ts";
import { documentIds, documentLengths } from "./documents.ts";
import type { Features } from "./features.ts";
import { toPackedBatch } from "./packed-batch.ts";

/** A decoder-only row of that length; its targets are its ids plus 1000. */
const features = (length: number, start: number, prefixLength = 1): Features => {
  const tokens = Array.from({ length }, (_, at) => start + at);
  return {
    streams: { tokens },
    prefixLength,
    targets: tokens.map((id) => id + 1000),
    lossWeights: tokens.map((_, at) => (at >= prefixLength - 1 ? 1 : 0)),
  };
};

const pair = (source: number, target: number, start: number): Features => ({
  ...features(target, start, 0),
  streams: {
    source: Array.from({ length: source }, (_, at) => 5000 + start + at),
    target: features(target, start).streams.tokens!,
  },
});

test("examples share rows, each a document with its own prefix, the longest first", () => {
  const batch = toPackedBatch([features(2, 10, 2), features(4, 20, 3), features(3, 30, 1)], { pad: 0, length: 6 });
  expect(batch.size).toBe(2);
  expect(batch.streams.tokens).toMatchObject({ length: 5, lengths: [4, 5], documents: [[4], [3, 2]] });
  expect([...batch.streams.tokens!.ids]).toEqual([20, 21, 22, 23, 0, 30, 31, 32, 10, 11]);
  expect(batch.prefixLengths).toEqual([3, 1, 2]);
  expect([...batch.lossWeights]).toEqual([0, 0, 1, 1, 0, 1, 1, 1, 0, 1]);
  expect(batch).toMatchObject({ seenTokens: 9, supervisedTokens: 2 + 3 + 1 });
  expect(documentIds(batch.streams.tokens!)).toEqual([
    [0, 0, 0, 0, -1],
    [1, 1, 1, 2, 2],
  ]);
});

test("positions restart with every document and are −1 on padding", () => {
  const batch = toPackedBatch([features(3, 10), features(2, 20), features(4, 30)], { pad: 0, length: 5 });
  expect(logicalPositions(batch.streams.tokens!)).toEqual([
    [0, 1, 2, 3, -1],
    [0, 1, 2, 0, 1],
  ]);
});

test("the last token of a document never predicts the first of the next", () => {
  const batch = toPackedBatch([features(3, 10), features(2, 20), features(2, 30)], { pad: 0, length: 8 });
  const ids = batch.streams.tokens!.ids;
  expect([...batch.targets]).toEqual([...ids].map((id) => id + 1000));
});

test("the streams of an example stay together: the same documents in the same rows, and each stream fits", () => {
  const batch = toPackedBatch([pair(5, 1, 10), pair(1, 5, 20), pair(4, 2, 30), pair(2, 4, 40)], { pad: 0, length: 8 });
  const { source, target } = batch.streams;
  expect(batch.size).toBe(2);
  expect(source!.documents!.map((row) => row.length)).toEqual(target!.documents!.map((row) => row.length));
  expect(Math.max(...source!.lengths, ...target!.lengths)).toBeLessThanOrEqual(8);
  expect(idsOf(batch, "source").map(([first]) => (first as number) - 5000)).toEqual(
    idsOf(batch, "target").map(([first]) => first),
  );
});

const lengthsOf = (lengths: readonly number[], length: number) =>
  toPackedBatch(
    lengths.map((tokens, index) => features(tokens, 100 * index)),
    { pad: 0, length },
  ).streams.tokens!.documents;

test("the rows beside an example that is too long keep the length", () => {
  expect(lengthsOf([5, 3, 13, 4], 8)).toEqual([[13], [5], [4, 3]]);
  expect(lengthsOf([9, 4, 20, 4], 8)).toEqual([[9], [20], [4, 4]]);
  const batch = toPackedBatch([pair(20, 1, 10), pair(1, 5, 40), pair(2, 4, 60)], { pad: 0, length: 8 });
  expect(batch.streams.target!.documents).toEqual([[1], [5], [4]]);
});

test("an example that is too long is refused where that is asked for", () => {
  const options = { pad: 0, length: 8, tooLong: "refuse" } as const;
  expect(() => toPackedBatch([features(5, 10), features(13, 30)], options)).toThrow(
    "example 1 has 13 tokens, rows are packed to 8",
  );
  expect(() => toPackedBatch([pair(9, 2, 10)], options)).toThrow("example 0 has 9 tokens");
  expect(toPackedBatch([features(8, 10)], options).size).toBe(1);
});

test("an example longer than a row has one to itself", () => {
  const batch = toPackedBatch([features(9, 10), features(2, 30)], { pad: 0, length: 4 });
  expect(idsOf(batch, "tokens").map(({ length }) => length)).toEqual([9, 2]);
});

test("whatever the examples: each is there once, as it was, and rows are as long as asked for at most", () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 40 }), (some, length) => {
      const rows = some.map(([source, target], index) => pair(source, target, 100 * (index + 1)));
      const batch = toPackedBatch(rows, { pad: 0, length });
      const sorted = (all: readonly (readonly number[])[]) => [...all].sort((a, b) => a[0]! - b[0]!);
      for (const name of ["source", "target"]) {
        expect(sorted(idsOf(batch, name))).toEqual(rows.map(({ streams }) => streams[name]));
        for (const [row, documents] of batch.streams[name]!.documents!.entries())
          if (documents.length > 1) expect(batch.streams[name]!.lengths[row]).toBeLessThanOrEqual(length);
      }
      expect(batch.supervisedTokens).toBe(some.reduce((sum, [, target]) => sum + target, 0));
      expect(batch.prefixLengths).toHaveLength(some.length);
    }),
  );
});

test("of 64 words of ordinary lengths less than 6 % is padding", () => {
  const words = Array.from({ length: 64 }, (_, index) => features(8 + ((index * 7) % 19), 100 * index));
  const { streams, seenTokens } = toPackedBatch(words, { pad: 0, length: 128 });
  expect(seenTokens / streams.tokens!.ids.length).toBeGreaterThan(0.94);
});

test.each<[string, Features[], number, string]>([
  ["an example without a token", [features(2, 1), features(0, 1)], 8, "batch/empty-document"],
  ["a length of 0", [features(2, 1)], 0, "batch/packing"],
  ["no example", [], 8, "batch/empty"],
])("%s is refused", (_, rows, length, code) => {
  let error: unknown;
  try {
    toPackedBatch(rows, { pad: 0, length });
  } catch (thrown) {
    error = thrown;
  }
  expect(TriviumError.is(error, code)).toBe(true);
});

/** The ids of each document of a stream, in the order of their numbers. */
function idsOf(batch: Batch, name: string): number[][] {
  const rows = batch.streams[name]!;
  return documentLengths(rows).flatMap((documents, row) => {
    const ids = [...rows.ids.slice(row * rows.length, (row + 1) * rows.length)];
    return documents.map((length) => ids.splice(0, length));
  });
}
