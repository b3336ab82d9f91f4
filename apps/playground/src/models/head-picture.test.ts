import fc from "fast-check";
import { expect, test } from "vitest";
import { type HeadPicture, marginalsOf, pictureOf, rolloutOf, shrunk } from "./head-picture.ts";
import type { AttentionMap } from "./protocol.ts";

/** Attention of heads in which a query sees itself and what came before, each row of sum 1. */
const causalMap = (size: number, heads: number, draw: () => number): AttentionMap => {
  const visible = Uint8Array.from({ length: size * size }, (_, at) => (at % size <= Math.floor(at / size) ? 1 : 0));
  const weights = new Float32Array(heads * size * size);
  for (let row = 0; row < heads * size; row++) {
    const drawn = Array.from({ length: (row % size) + 1 }, () => draw() + 0.01);
    const all = drawn.reduce((sum, weight) => sum + weight, 0);
    weights.set(
      drawn.map((weight) => weight / all),
      row * size,
    );
  }
  const labels = Array.from({ length: size }, (_, at) => String(at));
  return {
    kind: "decoder",
    layer: 0,
    heads,
    queries: size,
    keys: size,
    weights,
    visible,
    queryLabels: labels,
    keyLabels: labels,
  };
};

const maps = fc
  .tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 3 }),
    fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  )
  .map(([size, heads, values]) => causalMap(size, heads, () => values.next().value as number));

const rowSums = ({ queries, keys, weights }: HeadPicture) =>
  Array.from({ length: queries }, (_, query) =>
    weights.subarray(query * keys, (query + 1) * keys).reduce((sum, weight) => sum + weight, 0),
  );

test("the mean over heads and the rollout through layers stay distributions over what may be seen", () => {
  const check = fc.property(maps, (map) => {
    for (const picture of [pictureOf(map, 0), pictureOf(map, -1), rolloutOf([map, map])]) {
      for (const sum of rowSums(picture)) expect(sum).toBeCloseTo(1, 4);
      picture.weights.forEach((weight, at) => {
        if (picture.visible[at] === 0) expect(weight).toBe(0);
      });
    }
  });
  fc.assert(check, { numRuns: 30 });
});

test("rollout of one layer is half of its attention and half of staying", () => {
  const map = causalMap(3, 1, () => 1);
  const { weights } = rolloutOf([map]);
  expect([...weights].map((weight) => Number(weight.toFixed(3)))).toEqual([
    1, 0, 0, 0.25, 0.75, 0, 0.167, 0.167, 0.667,
  ]);
});

test("bars: even weights have evenness 1, and an area gives its own sums and means", () => {
  const picture = pictureOf(
    causalMap(4, 2, () => 1),
    -1,
  );
  const all = marginalsOf(picture, undefined);
  expect(all.queries.map((value) => Number(value.toFixed(4)))).toEqual([0, 1, 1, 1]);
  expect(all.keys[3]).toBeCloseTo(0.25, 5);
  const area = marginalsOf(picture, { queries: [1, 2], keys: [0, 1] });
  expect(area.queries.map((value) => Number(value.toFixed(3)))).toEqual([1, 1, 0.667, 0.5]);
  expect(area.keys.map((value) => Number(value.toFixed(3)))).toEqual([0.417, 0.417, 0.167, 0]);
});

test("a small picture keeps the greatest weight of each of its cells, in any size", () => {
  const check = fc.property(maps, fc.integer({ min: 1, max: 12 }), (map, most) => {
    const picture = pictureOf(map, 0);
    const small = shrunk(picture, most);
    expect(Math.max(small.queries, small.keys)).toBeLessThanOrEqual(most);
    expect(Math.max(...small.weights)).toBe(Math.max(...picture.weights));
  });
  fc.assert(check, { numRuns: 30 });
});
