import { flattenTree, tf, unflattenTree } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import { joinPortions, portionSquares, portionsOf } from "./portions.ts";
import type { Owned } from "./sharding.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const shape = fc.oneof(
  fc.constant([]),
  fc.tuple(fc.nat(9000)),
  fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 200 })),
);
const parameters = fc
  .array(fc.record({ shape, isElementwise: fc.boolean() }), { maxLength: 8 })
  .map((all): Owned[] => all.map((one, at) => ({ ...one, path: `p${at}` })));

test("portions hold each row once, and matrices that are not elementwise in one piece", () => {
  fc.assert(
    fc.property(parameters, fc.integer({ min: 1, max: 9 }), (all, of) => {
      const portions = portionsOf(all, of);
      expect(portions).toHaveLength(of);
      for (const { path, shape, isElementwise } of all) {
        const slices = portions.flat().filter((slice) => slice.path === path);
        const rows = shape[0] ?? 1;
        expect(slices.reduce((end, { from, to }) => (from === end ? to : Number.NaN), 0)).toBe(rows);
        if (!isElementwise) expect(slices).toHaveLength(1);
      }
      const whole = all.map(({ path, shape }) => ({ path, from: 0, to: shape[0] ?? 1 }));
      expect(joinPortions(all, portions)).toEqual(whole);
    }),
  );
});

test("portions are about equal", () => {
  const layers = Array.from({ length: 12 }, (_, at) => ({
    path: `w${at}`,
    shape: [64, 64],
    isElementwise: at % 3 > 0,
  }));
  const sizes = portionsOf(layers, 4).map((slices) => slices.reduce((sum, { from, to }) => sum + to - from, 0));
  expect(sizes).toEqual([192, 192, 192, 192]);
});

test("the sums of squares of all processes are the same list for any number of processes", () => {
  const all = [
    { path: "table", shape: [130, 40], isElementwise: true },
    { path: "bias", shape: [40], isElementwise: true },
    { path: "hidden", shape: [70, 70], isElementwise: false },
  ];
  const leaves = Object.fromEntries(
    all.map(({ path, shape }, at) => [path, tf.randomNormal(shape, 0, 1, "float32", at + 1)]),
  );
  const squaresOf = (processes: number) =>
    Array.from({ length: processes }, (_, rank) => {
      const own = portionsOf(all, 4).slice((rank * 4) / processes, ((rank + 1) * 4) / processes);
      const owned = joinPortions(all, own);
      const rows = owned.map(({ path, from, to }) => [path, tf.slice(leaves[path]!, from, to - from)] as const);
      return [...portionSquares(unflattenTree(Object.fromEntries(rows)), owned, own).dataSync()];
    }).flat();
  const before = squaresOf(1);
  expect(before).toHaveLength(6);
  expect(squaresOf(2)).toEqual(before);
  expect(squaresOf(4)).toEqual(before);
  tf.dispose(Object.values(flattenTree(leaves)));
});
