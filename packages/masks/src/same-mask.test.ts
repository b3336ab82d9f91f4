import fc from "fast-check";
import { expect, test } from "vitest";
import { and } from "./algebra/and.ts";
import { not } from "./algebra/not.ts";
import { or } from "./algebra/or.ts";
import type { Mask, MaskOptions } from "./mask.ts";
import { causal } from "./primitives/causal.ts";
import { custom } from "./primitives/custom.ts";
import { full } from "./primitives/full.ts";
import { prefix } from "./primitives/prefix.ts";
import { hashMask, maskKey, sameMask } from "./same-mask.ts";
import { arbitraryMask } from "./testing/arbitrary-mask.ts";
import { matrixRows } from "./testing/matrix-rows.ts";

const any = arbitraryMask({ rows: 2, depth: 2 });

test("order, nesting, repetition and double negation make no difference", () => {
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(sameMask(or(a, b, c), or(or(c, b), a))).toBe(true);
      expect(sameMask(and(a, and(b, c)), and(c, b, a, a))).toBe(true);
      expect(sameMask(not(not(a)), a)).toBe(true);
      expect(sameMask(and(a, a), a)).toBe(true);
      expect(hashMask(or(a, b))).toBe(hashMask(or(b, a)));
    }),
  );
});

test("masks that are called the same show the same pairs", () => {
  const small: fc.Arbitrary<Mask> = fc.constantFrom(
    causal(),
    or(causal(), full()),
    or(full(), causal()),
    not(causal()),
    and(not(not(causal())), full()),
    and(full(), causal()),
    prefix({ lengths: 2 }),
    prefix({ lengths: [2, 2] }),
  );
  fc.assert(
    fc.property(fc.oneof(small, any), fc.oneof(small, any), (a, b) => {
      fc.pre(sameMask(a, b));
      expect(matrixRows(a, 8)).toEqual(matrixRows(b, 8));
    }),
  );
});

test("masks that differ in a number, a row or a custom option are not the same", () => {
  const own = (options: MaskOptions) => custom("own", () => true, { options });
  const masks = [
    causal(),
    causal({ offset: 1 }),
    prefix({ lengths: 2 }),
    prefix({ lengths: [2] }),
    own({ a: 1 }),
    own({ a: 2 }),
  ];
  expect(new Set(masks.map(maskKey)).size).toBe(masks.length);
  expect(new Set(masks.map(hashMask)).size).toBe(masks.length);
  expect(sameMask(own({ a: 1, b: 2 }), own({ b: 2, a: 1 }))).toBe(true);
});
