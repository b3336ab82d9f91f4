import { TriviumError } from "@trivium/core";
import { expect, test } from "vitest";
import { or } from "../algebra/or.ts";
import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { createMaskCache } from "./mask-cache.ts";

const size = { queries: 16, keys: 16 };

/** The number of plans that are made for masks, one after another, in one cache. */
function plansOf(masks: readonly Mask[], limit = 8): number {
  const plans = createMaskCache<object>(limit);
  let made = 0;
  for (const one of masks) plans(one, size, () => ({ made: ++made }));
  return made;
}

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return TriviumError.is(error) ? error.code : undefined;
  }
  return undefined;
};

test("a mask made anew finds its plan; one of other options, rows or size does not", () => {
  expect(plansOf([causal(), causal(), or(causal(), full()), or(full(), causal())])).toBe(2);
  expect(plansOf([window({ left: 1 }), window({ left: 2 })])).toBe(2);
  const byRow = () => prefix({ lengths: [1, 2] });
  expect(plansOf([byRow(), byRow()])).toBe(2);
  const plans = createMaskCache<number>(8);
  expect([8, 9, 8].map((keys) => plans(causal(), { queries: 8, keys }, () => keys))).toEqual([8, 9, 8]);
});

test("the newest plan of one mask object is kept, with rows too", () => {
  const one = prefix({ lengths: [1, 2] });
  expect(plansOf([one, one, one])).toBe(1);
});

test("the plan that was unused for longest goes first", () => {
  const [a, b, c] = [1, 2, 3].map((left) => () => window({ left }));
  expect(plansOf([a!(), b!(), a!(), c!(), a!(), b!()], 2)).toBe(4);
});

const declared = (stride: number) => custom("every", (_b, _h, q, k) => (q - k) % stride === 0, { options: { stride } });

test("a closure made anew at each step finds its plan if its options say what it depends on", () => {
  expect(plansOf([declared(2), declared(2), declared(3), declared(2)])).toBe(2);
  const constant = () => custom("past", (_b, _h, q, k) => k <= q, { options: {} });
  expect(plansOf([constant(), constant()])).toBe(1);
});

test("without options the function itself is the identity: a closure over other data gets a plan of its own", () => {
  const closed = (stride: number) => custom("every", (_b, _h, q, k) => (q - k) % stride === 0);
  expect(plansOf([closed(2), closed(3), closed(2)])).toBe(3);
  const hoisted = (_b: number, _h: number, q: number, k: number) => k <= q;
  expect(plansOf([custom("past", hoisted), custom("past", hoisted)])).toBe(1);
});

test("a second predicate under one name and options is refused, at any size and inside other masks", () => {
  const other = () => custom("every", (_b, _h, q, k) => k % 2 === q % 3, { options: { stride: 2 } });
  expect(codeOf(() => plansOf([declared(2), other()]))).toBe("masks/identity");
  expect(codeOf(() => plansOf([or(declared(2), full()), or(other(), full())]))).toBe("masks/identity");
  expect(() => plansOf([declared(2), other()])).toThrow(
    'two different predicates are both the mask every {"stride":2}; name and options are the identity of a mask: give one',
  );
  const plans = createMaskCache<number>(8);
  plans(declared(2), { queries: 4, keys: 4 }, () => 1);
  expect(codeOf(() => plans(other(), size, () => 2))).toBe("masks/identity");
});

test("without options a second text is refused too", () => {
  const masks = [custom("own", (_b, _h, q) => q > 1), custom("own", (_b, _h, q) => q > 2)];
  expect(codeOf(() => plansOf(masks))).toBe("masks/identity");
});

test("a custom mask does not pass for a plugin's mask of its name", () => {
  const masks = [causal(), custom("causal", (_b, _h, q, k) => k <= q, { options: {} })];
  expect(() => plansOf(masks)).toThrow("two different predicates are both the mask causal;");
});

test("data that changes behind declared options is found by what the mask answers", () => {
  let reach = 2;
  const changing = () => custom("reach", (_b, _h, q, k) => q - k < reach, { options: {} });
  const plans = createMaskCache<number>(8);
  plans(changing(), size, () => 1);
  reach = 5;
  expect(codeOf(() => plans(changing(), size, () => 2))).toBe("masks/identity");
});

test("a plugin whose masks look at changing data is found as well", () => {
  let open = true;
  const door = mask("door", () => ({ visible: () => open }));
  const plans = createMaskCache<number>(8);
  plans(door.create(), size, () => 1);
  open = false;
  expect(() => plans(door.create(), size, () => 2)).toThrow(
    "the mask door shows other pairs than an earlier mask of the same name and options; put everything",
  );
});

test("a copy of a mask with another predicate has no identity, one with the same has that of the mask", () => {
  const copied = (): Mask => ({ ...causal(), visible: () => true, classify: () => "all" });
  expect(plansOf([causal(), copied(), copied(), causal()])).toBe(3);
  expect(plansOf([causal(), { ...causal(), classify: () => "some" }])).toBe(1);
});
