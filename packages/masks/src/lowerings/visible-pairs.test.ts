import fc from "fast-check";
import { expect, test } from "vitest";
import { or } from "../algebra/or.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { attentionFlops, density, visiblePairs, visiblePairsByRow } from "./visible-pairs.ts";

const square = (n: number) => ({ queries: n, keys: n });
const length = fc.integer({ min: 1, max: 200 });

test("causal, prefix and encoder–decoder count what the formulas say", () => {
  fc.assert(
    fc.property(length, length, (m, t) => {
      const n = m + t;
      const ofCausal = visiblePairs(causal(), square(n));
      const ofPrefix = visiblePairs(or(prefix({ lengths: m }), causal()), square(n));
      const cross = visiblePairs(full(), { queries: t, keys: m });
      const ofBoth = visiblePairs(full(), square(m)) + cross + visiblePairs(causal(), square(t));
      expect(ofCausal).toBe((n * (n + 1)) / 2);
      expect(ofPrefix).toBe((n * (n + 1)) / 2 + (m * (m - 1)) / 2);
      expect(ofBoth).toBe(m * m + m * t + (t * (t + 1)) / 2);
      expect(ofBoth).toBe(ofPrefix);
    }),
  );
});

test("rows are counted apart, and a mask that is the same for all counts in each row and head", () => {
  const lengths = [1, 3];
  expect(visiblePairsByRow(or(prefix({ lengths }), causal()), square(3))).toEqual([6, 9]);
  expect(visiblePairsByRow(causal(), { ...square(3), rows: 2, heads: 4 })).toEqual([24, 24]);
  const byHead = custom("by-head", (_b, h, _q, k) => k <= h, { heads: 2 });
  expect(visiblePairs(byHead, { ...square(2), rows: 3 })).toBe(3 * (2 + 4));
});

test("density is the visible share of all pairs", () => {
  expect(density(causal(), square(4))).toBe(10 / 16);
  expect(density(full(), { queries: 3, keys: 5, rows: 2, heads: 2 })).toBe(1);
  expect(density(prefix({ lengths: [0, 4] }), square(4))).toBe(1 / 2);
  expect(density(full(), square(0))).toBe(0);
});

test("attention costs 4·D operations for each visible pair of each head", () => {
  const size = { ...square(16), rows: 2, heads: 4, headWidth: 8 };
  expect(attentionFlops(full(), size)).toBe(4 * 8 * 16 * 16 * 2 * 4);
  expect(attentionFlops(causal(), size)).toBe(4 * 8 * ((16 * 17) / 2) * 2 * 4);
});
