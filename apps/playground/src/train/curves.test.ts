import { expect, test } from "vitest";
import { firstBelow, meanCurve, nearestOf, pageOf } from "./curves.ts";
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
    steps: points.map((point) => point.step),
    x: points.map((point) => point.targetTokens),
    y: points.map((point) => point.loss),
  });
  expect(meanCurve(points, "flops", 4)).toEqual({
    steps: [3, 6, 9, 10],
    x: [3000, 6000, 9000, 10_000],
    y: [9, 6, 3, 1],
  });
  expect(meanCurve(points, "seconds", 1)).toEqual({ steps: [10], x: [5], y: [5.5] });
});

test("the first step below a share is found, or none", () => {
  const rates = [0.5, 0.02, 0.009, 0.02].map((errorRate, at) => ({ ...points[at]!, step: 50 * (at + 1), errorRate }));
  expect(firstBelow(rates, 0.01)).toBe(150);
  expect(firstBelow(rates, 0.001)).toBeUndefined();
});

test("every point is on one page, and a page behind the last is the last", () => {
  expect(pageOf(45, 0, 20)).toEqual({ page: 0, pages: 3, rows: [1, 20], all: 45 });
  expect(pageOf(45, 9, 20)).toEqual({ page: 2, pages: 3, rows: [41, 45], all: 45 });
  expect(pageOf(40, 1, 20)).toEqual({ page: 1, pages: 2, rows: [21, 40], all: 40 });
  expect(pageOf(0, 0, 20)).toEqual({ page: 0, pages: 1, rows: [0, 0], all: 0 });
});

test("the nearest place is found, at the ends too", () => {
  expect([-5, 14, 16, 99].map((to) => nearestOf([10, 20, 30], to))).toEqual([0, 0, 1, 2]);
  expect(nearestOf([], 3)).toBe(-1);
});
