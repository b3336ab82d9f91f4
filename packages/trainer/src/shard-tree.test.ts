import fc from "fast-check";
import { expect, test } from "vitest";
import { joinShards, type ShardSum } from "./shard-tree.ts";

const add = (left: string, right: string) => `(${left}+${right})`;
const leaf = (shard: number): ShardSum<string> => ({ first: shard, count: 1, sum: String(shard) });
const join = (sums: readonly ShardSum<string>[], of: number) =>
  sums.reduce<readonly ShardSum<string>[]>((joined, next) => joinShards(joined, next, { of, add }), []);

test.each([
  [1, "0"],
  [4, "((0+1)+(2+3))"],
  [6, "(((0+1)+(2+3))+(4+5))"],
  [7, "(((0+1)+(2+3))+((4+5)+6))"],
])("%i shards are added as %s", (of, sum) => {
  expect(
    join(
      Array.from({ length: of }, (_, shard) => leaf(shard)),
      of,
    ),
  ).toEqual([{ first: 0, count: of, sum }]);
});

test("any split of the shards among processes gives the same tree", () => {
  const split = fc
    .integer({ min: 1, max: 40 })
    .chain((of) =>
      fc.record({ of: fc.constant(of), cuts: fc.uniqueArray(fc.integer({ min: 1, max: of }), { maxLength: 6 }) }),
    );
  fc.assert(
    fc.property(split, ({ of, cuts }) => {
      const shards = Array.from({ length: of }, (_, shard) => leaf(shard));
      const edges = [0, ...cuts.filter((cut) => cut < of).sort((a, b) => a - b), of];
      const processes = edges.slice(1).map((to, at) => join(shards.slice(edges[at], to), of));
      expect(join(processes.flat(), of)).toEqual(join(shards, of));
    }),
  );
});
