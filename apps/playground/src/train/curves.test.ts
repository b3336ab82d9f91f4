import { expect, test } from "vitest";
import { firstBelow, meanCurve } from "./curves.ts";
import type { StepPoint } from "./protocol.ts";

const points: StepPoint[] = Array.from({ length: 10 }, (_, at) => ({
  arm: "causal",
  step: at + 1,
  loss: 10 - at,
  targetTokens: 32 * (at + 1),
  flops: 1000 * (at + 1),
  seconds: 0.5 * (at + 1),
}));

test("a curve has every step while they are few, and means of neighbours where they are many", () => {
  expect(meanCurve(points, "tokens", 10)).toEqual({
    x: points.map((point) => point.targetTokens),
    y: points.map((point) => point.loss),
  });
  expect(meanCurve(points, "flops", 4)).toEqual({ x: [3000, 6000, 9000, 10_000], y: [9, 6, 3, 1] });
  expect(meanCurve(points, "seconds", 1)).toEqual({ x: [5], y: [5.5] });
});

test("the first step below a share is found, or none", () => {
  const rates = [0.5, 0.02, 0.009, 0.02].map((errorRate, at) => ({ ...points[at]!, step: 50 * (at + 1), errorRate }));
  expect(firstBelow(rates, 0.01)).toBe(150);
  expect(firstBelow(rates, 0.001)).toBeUndefined();
});
