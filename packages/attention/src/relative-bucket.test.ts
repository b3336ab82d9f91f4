import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { relativeBucket } from "./relative-bucket.ts";
import { exactRelativeBucket } from "./testing/exact-relative-bucket.ts";

/** `bucketOf(−d)` for d = 0, 1, … as runs: `[bucket, how many distances]`. */
function runsOf(bucketOf: (relative: number) => number, distances: number): [number, number][] {
  const runs: [number, number][] = [];
  for (let d = 0; d < distances; d++) {
    const bucket = bucketOf(-d);
    const last = runs.at(-1);
    if (last?.[0] === bucket) last[1]++;
    else runs.push([bucket, 1]);
  }
  return runs;
}

test("T5's encoder table (32 buckets, 128): 8 exact, then 8–11, 12–15, 16–22, 23–31, 32–45, 46–63, 64–90, 91 on", () => {
  const bucketOf = relativeBucket({ buckets: 32, maxDistance: 128, bidirectional: true });
  const exact = Array.from({ length: 8 }, (_, d): [number, number] => [d, 1]);
  const rest: [number, number][] = [
    [8, 4],
    [9, 4],
    [10, 7],
    [11, 9],
    [12, 14],
    [13, 18],
    [14, 27],
    [15, 109],
  ];
  expect(runsOf(bucketOf, 200)).toEqual([...exact, ...rest]);
  for (let d = 1; d < 200; d++) expect(bucketOf(d)).toBe(16 + bucketOf(-d));
});

test("T5's decoder table (32 buckets, 128): 16 exact, then up to 113 on", () => {
  const bucketOf = relativeBucket({ buckets: 32, maxDistance: 128, bidirectional: false });
  const starts = runsOf(bucketOf, 200).map(([bucket], at, runs) => {
    const start = runs.slice(0, at).reduce((sum, [, length]) => sum + length, 0);
    return [bucket, start];
  });
  const logarithmic = [16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113];
  expect(starts).toEqual([
    ...Array.from({ length: 16 }, (_, d) => [d, d]),
    ...logarithmic.map((start, at) => [16 + at, start]),
  ]);
});

test("pitfall 14: with causal buckets every future key, as a prefix has them, falls in bucket 0; the flag tells them apart", () => {
  const causally = relativeBucket({ buckets: 32, maxDistance: 128, bidirectional: false });
  const bothWays = relativeBucket({ buckets: 32, maxDistance: 128, bidirectional: true });
  const ahead = [1, 2, 5, 40, 500];
  expect(ahead.map(causally)).toEqual([0, 0, 0, 0, 0]);
  expect(ahead.map(bothWays)).toEqual([17, 18, 21, 28, 31]);
});

test("agrees with integer arithmetic at any number of buckets", () => {
  const options = fc.record({
    buckets: fc.integer({ min: 4, max: 48 }),
    maxDistance: fc.integer({ min: 25, max: 300 }),
    bidirectional: fc.boolean(),
  });
  fc.assert(
    fc.property(options, fc.integer({ min: -400, max: 400 }), (one, relative) => {
      expect(relativeBucket(one)(relative)).toBe(exactRelativeBucket(relative, one));
    }),
    { seed: 14, numRuns: 3000 },
  );
});

test.each([
  { buckets: 1, maxDistance: 128, bidirectional: false },
  { buckets: 3, maxDistance: 128, bidirectional: true },
  { buckets: 32, maxDistance: 16, bidirectional: false },
  { buckets: 8.5, maxDistance: 128, bidirectional: false },
])("refuses %j", (options) => {
  expect(() => relativeBucket(options)).toThrow(/relative positions need at least/);
  try {
    relativeBucket(options);
  } catch (error) {
    expect(TriviumError.is(error, "attention/relative-buckets")).toBe(true);
  }
});
