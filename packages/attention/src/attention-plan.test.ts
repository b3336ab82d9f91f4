import { TriviumError } from "@trivium/core";
import { causal, custom, mask } from "@trivium/masks";
import { expect, test } from "vitest";
import { attentionPlan } from "./attention-plan.ts";

const shape = { B: 2, H: 2, Q: 100, K: 100 };

test("a custom mask made anew at each step has one plan, that of the same pairs by our own mask", () => {
  const past = () => custom("past", (_b, _h, q, k) => k <= q, { options: {} });
  const plan = attentionPlan(past(), shape);
  expect(attentionPlan(past(), shape)).toBe(plan);
  expect(plan).toEqual(attentionPlan(causal(), shape));
});

test("a combinator of the user's has one plan as well", () => {
  const ahead = mask(
    "ahead",
    ({ by }: { by: number }, [inner]) => ({ visible: (b, h, q, k) => inner.visible(b, h, q + by, k) }),
    { parameters: ["by"], children: 1 },
  );
  const plan = attentionPlan(ahead.create({ by: 2 }, [causal()]), shape);
  expect(attentionPlan(ahead.create({ by: 2 }, [causal()]), shape)).toBe(plan);
  expect(plan).toEqual(attentionPlan(causal({ offset: 2 }), shape));
  expect(attentionPlan(ahead.create({ by: 3 }, [causal()]), shape)).not.toBe(plan);
});

test("a second predicate under one name and options gets no plan", () => {
  attentionPlan(
    custom("own", (_b, _h, q, k) => q < k, { options: { reach: 1 } }),
    shape,
  );
  try {
    attentionPlan(
      custom("own", (_b, _h, q, k) => q < k + 1, { options: { reach: 1 } }),
      shape,
    );
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "masks/identity")).toBe(true);
  }
});
