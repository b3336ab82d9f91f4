import { TriviumError } from "@trivium/core";
import { causal, custom, type Mask, mask } from "@trivium/masks";
import { expect, test } from "vitest";
import { attentionPlan } from "./attention-plan.ts";

const shape = { B: 2, H: 2, Q: 100, K: 100 };
const grain = { blockQueries: 96, tileQueries: 6, tileKeys: 8 };
const planOf = (mask: Mask) => attentionPlan(mask, shape, grain);

test("a custom mask made anew at each step has one plan, that of the same pairs by our own mask", () => {
  const past = () => custom("past", (_b, _h, q, k) => k <= q, { options: {} });
  const plan = planOf(past());
  expect(planOf(past())).toBe(plan);
  expect(plan).toEqual(planOf(causal()));
});

test("a combinator of the user's has one plan as well", () => {
  const ahead = mask(
    "ahead",
    ({ by }: { by: number }, [inner]) => ({ visible: (b, h, q, k) => inner.visible(b, h, q + by, k) }),
    { parameters: ["by"], children: 1 },
  );
  const plan = planOf(ahead.create({ by: 2 }, [causal()]));
  expect(planOf(ahead.create({ by: 2 }, [causal()]))).toBe(plan);
  expect(plan).toEqual(planOf(causal({ offset: 2 })));
  expect(planOf(ahead.create({ by: 3 }, [causal()]))).not.toBe(plan);
});

test("a second predicate under one name and options gets no plan", () => {
  planOf(custom("own", (_b, _h, q, k) => q < k, { options: { reach: 1 } }));
  try {
    planOf(custom("own", (_b, _h, q, k) => q < k + 1, { options: { reach: 1 } }));
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "masks/identity")).toBe(true);
  }
});

test("each kernel's sizes have plans of their own, in whole tiles", () => {
  const small = { blockQueries: 10, tileQueries: 4, tileKeys: 16 };
  const plan = attentionPlan(causal(), shape, small);
  expect(plan.blockQueries).toBe(12);
  expect(attentionPlan(causal(), shape, small)).toBe(plan);
  expect(planOf(causal()).blockQueries).toBe(54);
});
