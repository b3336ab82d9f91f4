import { expect, test } from "vitest";
import type { Mask, MaskExtent } from "../mask.ts";
import { mask as maskKind } from "../mask-plugin.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { checkMask, type MaskTest, maskTests } from "./mask-checks.ts";

const run = (title: MaskTest, create: () => Mask, plugins = [maskKind("own", create)]) =>
  checkMask(title, { create, queries: 9, keys: 10, plugins });

const own = (visible: Mask["visible"], extra = {}) => custom("own", visible, extra);

const beside = maskKind(
  "beside",
  (_options, [inner]) => ({
    visible: (b, h, q, k) => inner.visible(b, h, q, k + 1),
    classify: (b, h, queries, keys) => inner.classify(b, h, queries, keys),
  }),
  { children: 1 },
);

const broken: readonly [MaskTest, string, () => Mask][] = [
  [
    "visible is pure",
    "a predicate that counts its calls",
    () => {
      let calls = 0;
      return own(() => calls++ % 3 === 0);
    },
  ],
  [
    "rows and heads that it does not speak of make no difference",
    "a predicate of the row that says it is the same for all",
    () => own((b, _h, _q, k) => k <= b),
  ],
  [
    "classify keeps its promises",
    "all, where one key is hidden",
    () => own((_b, _h, _q, k) => k !== 4, { classify: () => "all" }),
  ],
  [
    "classify keeps its promises",
    "none, judged by a corner alone",
    () =>
      own((_b, _h, q, k) => k <= q, {
        classify: (_b: number, _h: number, q: { start: number }, k: { start: number }) =>
          k.start <= q.start ? "some" : "none",
      }),
  ],
  [
    "rows and heads out of range are refused",
    "an unguarded row",
    () => ({ ...prefix({ lengths: [3] }), visible: () => true }),
  ],
  ["dense agrees with the predicate", "a lying classify", () => own(() => true, { classify: () => "none" })],
  ["blocks agree with the predicate", "a lying classify", () => own((_b, _h, q) => q > 3, { classify: () => "all" })],
  [
    "intervals agree with the predicate",
    "a lying classify",
    () => own((_b, _h, q) => q > 3, { classify: () => "all" }),
  ],
  ["visible pairs are counted exactly", "a lying classify", () => own(() => false, { classify: () => "all" })],
  [
    "JSON gives the same mask back",
    "a spec of another mask",
    () => ({ ...causal({ offset: 1 }), spec: causal().spec }),
  ],
  [
    "text gives the same mask back",
    "a spec of another mask",
    () => ({ ...causal({ offset: 1 }), spec: causal().spec }),
  ],
  ["a mask made anew finds its plan", "a closure that declares no options", () => own((_b, _h, q) => q > 3)],
  [
    "intervals agree with the predicate",
    "a lowering that hides the last key",
    () => ({
      ...full(),
      intervals:
        ({ keys }: MaskExtent) =>
        (_b: number, _h: number, _start: Int32Array, end: Int32Array) => {
          end.fill(keys - 1);
          return null;
        },
    }),
  ],
  [
    "classify keeps its promises",
    "a combinator that asks its child about a block beside",
    () => beside.create({}, [causal()]),
  ],
];

test.each(broken)("the suite finds out: %s: %s", (title, _name, create) => {
  expect(() => run(title, create)).toThrow();
});

test.each(maskTests)("a sound mask passes: %s", (title) => {
  expect(() => run(title, () => causal({ offset: -1 }))).not.toThrow();
});
