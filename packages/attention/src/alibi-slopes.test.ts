import { expect, test } from "vitest";
import { alibiSlopes } from "./alibi-slopes.ts";

test("8 heads have 1/2, 1/4, … 1/256, as in the paper", () => {
  expect(alibiSlopes(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((power) => 2 ** -power));
});

test("16 heads interpolate: 2^−0.5, 2^−1, … 2^−8", () => {
  alibiSlopes(16).forEach((slope, index) => {
    expect(slope).toBeCloseTo(2 ** (-(index + 1) / 2), 12);
  });
});

test("12 heads have the 8 slopes, then every other one of 16: 2^−0.5, 2^−1.5, 2^−2.5, 2^−3.5", () => {
  const slopes = alibiSlopes(12);
  expect(slopes.slice(0, 8)).toEqual(alibiSlopes(8));
  expect(slopes.slice(8).map((slope) => Math.log2(slope))).toEqual(
    [-0.5, -1.5, -2.5, -3.5].map((power) => expect.closeTo(power, 12)),
  );
});

test("any number of heads has as many different slopes in (0, 1)", () => {
  for (let heads = 1; heads <= 40; heads++) {
    const slopes = alibiSlopes(heads);
    expect(new Set(slopes).size).toBe(heads);
    expect(slopes.every((slope) => slope > 0 && slope < 1)).toBe(true);
  }
});

test("refuses no heads", () => {
  expect(() => alibiSlopes(0)).toThrow("ALiBi needs a positive number of heads, got 0");
});
