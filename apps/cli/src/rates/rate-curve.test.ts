import { expect, test } from "vitest";
import { findRates, hasBlownUp, type RatePoint, smoothed } from "./rate-curve.ts";

/** Rates from 1e-6 to 1 with losses that fall by a nat around 1e-3, and grow behind 1e-1. */
const points = Array.from({ length: 121 }, (_, at): RatePoint => {
  const exponent = -6 + at / 20;
  const fall = 1 / (1 + Math.exp(-6 * (exponent + 3)));
  return { rate: 10 ** exponent, loss: 3 - fall + (exponent > -1 ? 40 * (exponent + 1) : 0) };
});

test("the steepest rate is where the loss falls, and the lowest where it has not grown yet", () => {
  const found = findRates(points);
  expect(Math.log10(found?.steepest as number)).toBeGreaterThan(-3.2);
  expect(Math.log10(found?.steepest as number)).toBeLessThan(-2);
  expect(Math.log10(found?.lowest as number)).toBeCloseTo(-1, 0);
});

test("a constant loss stays what it is when it is smoothed", () => {
  for (const { loss } of smoothed(points.map(({ rate }) => ({ rate, loss: 2 })))) expect(loss).toBeCloseTo(2, 12);
});

test("a loss that has grown manifold ends the test, and one that falls does not", () => {
  expect(hasBlownUp(points.slice(0, 100))).toBe(false);
  expect(hasBlownUp(points)).toBe(true);
});

test("too few points, and a loss that never falls, show nothing", () => {
  expect(findRates(points.slice(0, 4))).toBeUndefined();
  expect(findRates(points.map(({ rate }, at) => ({ rate, loss: 2 + at })))).toBeUndefined();
});
