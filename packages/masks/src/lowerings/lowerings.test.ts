import fc from "fast-check";
import { expect, test } from "vitest";
import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import type { Mask, Range } from "../mask.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { dense, readDense } from "../primitives/dense.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { arbitraryMask } from "../testing/arbitrary-mask.ts";
import { toBlocks } from "./to-blocks.ts";
import { toDense } from "./to-dense.ts";
import { toIntervals } from "./to-intervals.ts";
import { visiblePairs } from "./visible-pairs.ts";

const anyMask = fc.constantFrom(null, 1, 3).chain((rows) => arbitraryMask({ rows, depth: 3 }));
const anySize = fc.record({ queries: fc.integer({ min: 1, max: 24 }), keys: fc.integer({ min: 1, max: 24 }) });
const runs = { numRuns: 300 };

const truthOf = (mask: Mask, { queries, keys }: { queries: number; keys: number }) =>
  Array.from({ length: mask.rows ?? 1 }, (_, b) =>
    Array.from({ length: queries }, (_, q) => Array.from({ length: keys }, (_, k) => mask.visible(b, 0, q, k))),
  );

test("dense equals the predicate on random specs", () => {
  fc.assert(
    fc.property(anyMask, anySize, (mask, size) => {
      const { values, shape } = toDense(mask, size);
      expect(shape).toEqual([mask.rows ?? 1, 1, size.queries, size.keys]);
      expect([...values]).toEqual(truthOf(mask, size).flat(2).map(Number));
    }),
    runs,
  );
});

test("classify promises nothing that is not so, on random specs and blocks", () => {
  const anyRange = fc
    .tuple(fc.nat(20), fc.integer({ min: 1, max: 12 }))
    .map(([start, length]): Range => ({ start, end: start + length }));
  fc.assert(
    fc.property(anyMask, anyRange, anyRange, (mask, queries, keys) => {
      for (let b = 0; b < (mask.rows ?? 1); b++) {
        const verdict = mask.classify(b, 0, queries, keys);
        if (verdict === "some") continue;
        for (let q = queries.start; q < queries.end; q++) {
          for (let k = keys.start; k < keys.end; k++) expect(mask.visible(b, 0, q, k)).toBe(verdict === "all");
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("classify is exact for every primitive, and inside packed", () => {
  const ids = [0, 0, 0, 1, 1, 1, 1, 2, 2, -1];
  const exact = [
    full(),
    causal(),
    causal({ offset: 2 }),
    prefix({ lengths: 4 }),
    window({ left: 2, right: 1 }),
    documents({ ids }),
    packed(causal(), ids),
  ];
  for (const mask of exact) {
    for (const [height, width] of [
      [1, 1],
      [2, 3],
      [4, 2],
      [5, 5],
    ] as const) {
      const options = { queries: 12, keys: 12, blockQueries: height, blockKeys: width };
      expect(toBlocks(mask, options).matrices).toEqual(toBlocks(mask, { ...options, exact: true }).matrices);
    }
  }
});

test("blocks equal the predicate on random specs, forward and transposed", () => {
  const side = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(anyMask, anySize, side, side, fc.boolean(), (mask, size, blockQueries, blockKeys, exact) => {
      const map = toBlocks(mask, { ...size, blockQueries, blockKeys, exact });
      const truth = truthOf(mask, size);
      for (let b = 0; b < map.rows; b++) {
        const { forward, transposed } = map.at(b, 0);
        for (let qb = 0; qb < map.queryBlocks; qb++) {
          for (let kb = 0; kb < map.keyBlocks; kb++) {
            const rows = truth[b]?.slice(qb * blockQueries, (qb + 1) * blockQueries) ?? [];
            const pairs = rows.flatMap((row) => row.slice(kb * blockKeys, (kb + 1) * blockKeys));
            const isFull = forward.full[qb]?.includes(kb);
            const isPartial = forward.partial[qb]?.includes(kb);
            expect(transposed.full[kb]?.includes(qb)).toBe(isFull);
            expect(transposed.partial[kb]?.includes(qb)).toBe(isPartial);
            if (isFull) expect(pairs).not.toContain(false);
            if (!isFull && !isPartial) expect(pairs).not.toContain(true);
            if (exact && isPartial) expect(new Set(pairs).size).toBe(2);
          }
        }
      }
    }),
    runs,
  );
});

test("intervals equal the predicate on random specs, or there really is a gap where the reason says so", () => {
  fc.assert(
    fc.property(anyMask, anySize, (mask, size) => {
      const truth = truthOf(mask, size).flat();
      const result = toIntervals(mask, size);
      if ("reason" in result) {
        expect(truth.some((row) => /x\.+x/.test(row.map((seen) => (seen ? "x" : ".")).join("")))).toBe(true);
        return;
      }
      const { start, end, shape } = result.intervals;
      expect(shape).toEqual([mask.rows ?? 1, 1, size.queries]);
      truth.forEach((row, index) => {
        expect(row).toEqual(row.map((_, k) => k >= (start[index] as number) && k < (end[index] as number)));
      });
    }),
    runs,
  );
});

test("visible pairs are counted exactly on random specs", () => {
  fc.assert(
    fc.property(anyMask, anySize, (mask, size) => {
      expect(visiblePairs(mask, size)).toBe(truthOf(mask, size).flat(2).filter(Boolean).length);
    }),
    runs,
  );
});

test("the prefix-LM mask lowers to one interval a query; a mask with a hole says which query has it", () => {
  const size = { queries: 4, keys: 4 };
  const result = toIntervals(or(prefix({ lengths: [2, 3] }), causal()), size);
  expect(result).toMatchObject({ intervals: { shape: [2, 1, 4] } });
  expect("intervals" in result && [...result.intervals.end]).toEqual([2, 2, 3, 4, 3, 3, 3, 4]);
  const holed = toIntervals(and(causal(), not(window({ left: 1 }))), { queries: 6, keys: 6 });
  expect("intervals" in holed).toBe(true);
  expect(toIntervals(or(prefix({ lengths: 1 }), window({ left: 0 })), size)).toEqual({
    reason: "query 2 sees keys 0 to 0 and key 2, but not 1: its keys are not one interval",
  });
});

test("a mask with heads lowers to one matrix for each", () => {
  const local = custom("local", (_b, h, q, k) => k <= q && q - k <= h, { heads: 3 });
  const { values, shape } = toDense(local, { queries: 3, keys: 3 });
  expect(shape).toEqual([1, 3, 3, 3]);
  expect([...values.subarray(18)]).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1]);
  const map = toBlocks(local, { queries: 3, keys: 3, blockQueries: 1, blockKeys: 1, exact: true });
  expect(map.at(0, 0).forward.full).toEqual([[0], [1], [2]]);
  expect(map.at(5, 1).transposed.full).toEqual([[0, 1], [1, 2], [2]]);
});

test("an empty matrix lowers to nothing", () => {
  const size = { queries: 0, keys: 3 };
  expect(toDense(causal(), size).values).toHaveLength(0);
  expect(toBlocks(causal(), { ...size, blockQueries: 2, blockKeys: 2 }).at(0, 0).transposed.full).toEqual([[], []]);
  expect(toIntervals(causal(), size)).toMatchObject({ intervals: { shape: [1, 1, 0] } });
});

test("pitfall 6: a foreign dense mask must say what its ones mean, and both meanings give the same mask", () => {
  const hidden = { values: [0, 1, 0, 0], shape: [1, 1, 2, 2], ones: "masked" } as const;
  const kept = { values: [true, false, true, true], shape: [1, 1, 2, 2], ones: "visible" } as const;
  expect([...readDense(hidden).values]).toEqual([...toDense(causal(), { queries: 2, keys: 2 }).values]);
  expect([...readDense(kept).values]).toEqual([...readDense(hidden).values]);
  expect(() => readDense({ ...kept, ones: undefined as never })).toThrow('ones should be "visible" or "masked"');
  expect(() => readDense({ ...kept, values: [1, 0, -1e9, 1] })).toThrow("values[2] should be 0 or 1, got -1000000000");
  expect(() => readDense({ ...kept, shape: [2, 2] })).toThrow("should be [B, H, Q, K] with as many values, got [2, 2]");
});

test("dense and back is the same mask", () => {
  fc.assert(
    fc.property(anyMask, anySize, (mask, size) => {
      const lowered = toDense(mask, size);
      const again = dense({ ...lowered, ones: "visible" });
      expect(toDense(again, size).values).toEqual(lowered.values);
      expect(again.visible(0, 0, size.queries, 0)).toBe(false);
    }),
  );
});

test("masks of 2048 × 2048 lower to as many pairs as are counted", () => {
  const n = 2048;
  const ids = Array.from({ length: n }, (_, at) => Math.floor(at / 100));
  const masks = [
    and(or(prefix({ lengths: 700 }), causal()), documents({ ids })),
    packed(or(prefix({ lengths: 10 }), causal()), ids),
    custom("parity", (_b, _h, q, k) => (q + k) % 2 === 0),
  ];
  for (const mask of masks) {
    const { values } = toDense(mask, { queries: n, keys: n });
    expect(values.reduce((sum, bit) => sum + bit, 0)).toBe(visiblePairs(mask, { queries: n, keys: n }));
  }
});
