import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Tensor, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { dropout, dropoutHash } from "./dropout.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const maskOf = (size: number, rate: number, seed: number) => numbers(dropout(tf.ones([size]), { rate, seed }));

test("each element is 0 or divided by 1 − rate, and the share of zeros is the rate within four standard errors", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0.1, 0.3, 0.5, 0.9),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      (rate, seed) => {
        const mask = maskOf(20_000, rate, seed);
        const kept = Math.fround(1 / (1 - rate));
        expect(mask.every((value) => value === 0 || value === kept)).toBe(true);
        const share = mask.filter((value) => value === 0).length / mask.length;
        expect(Math.abs(share - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / mask.length));
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});

test("neighbouring seeds and neighbouring elements drop independently", () => {
  const size = 20_000;
  const agreement = (a: number[], b: number[]) => a.filter((value, index) => value === b[index]).length / a.length;
  const first = maskOf(size, 0.5, 100);
  const fourErrors = 4 * Math.sqrt(0.25 / size);
  expect(Math.abs(agreement(first, maskOf(size, 0.5, 101)) - 0.5)).toBeLessThan(fourErrors);
  expect(Math.abs(agreement(first.slice(1), first.slice(0, -1)) - 0.5)).toBeLessThan(fourErrors);
});

test("the masks of two seeds are uncorrelated at every small shift, so none is another one moved", () => {
  const [size, shifts] = [20_000, 64];
  const correlation = (a: number[], b: number[], shift: number) => {
    const [left, right] = shift < 0 ? [a.slice(-shift), b] : [a, b.slice(shift)];
    const length = Math.min(left.length, right.length);
    let sum = 0;
    for (let index = 0; index < length; index++) sum += (left[index]! - 1) * (right[index]! - 1);
    return sum / length;
  };
  const golden = 0x9e3779b1 | 0;
  // Seeds that differ by multiples of the index's multiplier were shifts by that multiple.
  for (const [one, other] of [
    [100, 101],
    [0, golden],
    [5, (5 + 3 * golden) | 0],
    [-7, (-7 - 60 * golden) | 0],
  ] as const) {
    const [a, b] = [maskOf(size, 0.5, one), maskOf(size, 0.5, other)];
    for (let shift = -shifts; shift <= shifts; shift++) {
      // A kept element is 2, a dropped one 0. Five standard errors: 516 correlations are looked at.
      expect(Math.abs(correlation(a, b, shift))).toBeLessThan(5 / Math.sqrt(size - shifts));
    }
  }
});

test("the same seed drops the same elements, another seed others", () => {
  expect(maskOf(200, 0.5, 7)).toEqual(maskOf(200, 0.5, 7));
  expect(maskOf(200, 0.5, 7)).not.toEqual(maskOf(200, 0.5, 8));
});

test("the gradient passes where the value passed, with the same factor", () => {
  const x = tf.linspace(1, 2, 50);
  const { gradients } = valueAndGradients(() => tf.sum(dropout(x, { rate: 0.4, seed: 3 })), { x });
  expect(numbers(gradients.x)).toEqual(maskOf(50, 0.4, 3));
});

test("rate 0 is the identity, and a rate outside [0, 1) is refused", () => {
  const x = tf.ones([3]);
  expect(dropout(x, { rate: 0, seed: 1 })).toBe(x);
  for (const rate of [1, -0.1, Number.NaN]) {
    expect(() => dropout(x, { rate, seed: 1 })).toThrow(`a dropout rate is in [0, 1), got ${rate}`);
  }
});

test("the hash stays in 32 unsigned bits", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), (seed, index) => {
      const word = dropoutHash(seed, index);
      expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true);
    }),
  );
});
