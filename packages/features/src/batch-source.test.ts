import fc from "fast-check";
import { expect, test } from "vitest";
import { batchesByStep, shardOf } from "./batch-source.ts";

const cuts = fc.record({ count: fc.nat(50), of: fc.integer({ min: 1, max: 20 }) });

test("shards are consecutive parts of nearly equal size, and together they are the whole", () => {
  fc.assert(
    fc.property(cuts, ({ count, of }) => {
      const items = Array.from({ length: count }, (_, at) => at);
      const shards = Array.from({ length: of }, (_, shard) => shardOf(items, shard, of));
      expect(shards.flat().toSorted((a, b) => a - b)).toEqual(items);
      for (const shard of shards) expect(shard).toEqual(shard.map((_, at) => shard[0]! + at));
      const sizes = shards.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("of sorted items, pairs of shards have equal shares", () => {
  const items = Array.from({ length: 24 }, (_, at) => at);
  const sums = Array.from({ length: 8 }, (_, shard) => shardOf(items, shard, 8).reduce((sum, item) => sum + item, 0));
  for (const at of [0, 2, 4, 6]) expect(sums[at]! + sums[at + 1]!).toBe(3 * 2 * 11.5);
});

test("a function of the step gives the same shard whichever others are asked for", async () => {
  const source = batchesByStep((step) => [step, step + 1, step + 2]);
  const at = { step: 5, cursor: null, of: 2 };
  expect(await source.step({ ...at, shards: [0, 1] })).toEqual({ batches: [[5], [6, 7]], cursor: null });
  expect(await source.step({ ...at, shards: [1] })).toEqual({ batches: [[6, 7]], cursor: null });
});
