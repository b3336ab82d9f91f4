import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@trivium/core";
import { type Tensor4D, tf } from "@trivium/tensor";
import { assertClose, at, grid } from "@trivium/tensor/testing/cases";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { gridOf } from "../testing/affine-in-float64.ts";
import { rotate, rotation } from "./rotary.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const base = 10_000;

function vectors(shape: [number, number, number, number], seed: number): Tensor4D {
  const random = createRandom(seed);
  return tf.tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
    shape,
  );
}

/** One vector, rotated to a position. */
const placed = (vector: Tensor4D, position: number) =>
  rotate(vector, rotation([[position]], vector.shape[3], { base }));

const dot = (a: Tensor4D, b: Tensor4D) => tf.sum(tf.mul(a, b)).dataSync()[0] as number;

test("the product of a rotated query and key depends on their distance alone", () => {
  const positions = fc.tuple(fc.nat(200), fc.nat(200), fc.nat(200));
  fc.assert(
    fc.property(positions, fc.constantFrom(2, 4, 8, 64), fc.nat(1000), ([q, k, shift], headWidth, seed) => {
      const [query, key] = [vectors([1, 1, 1, headWidth], seed), vectors([1, 1, 1, headWidth], seed + 1)];
      const here = dot(placed(query, q), placed(key, k));
      const there = dot(placed(query, q + shift), placed(key, k + shift));
      expect(Math.abs(here - there)).toBeLessThan(1e-4 * headWidth);
    }),
    { numRuns: 40 },
  );
});

test("a rotation keeps the length of a vector, and position 0 keeps the vector", () => {
  const x = vectors([1, 1, 2, 16], 3);
  for (const position of [1, 7, 511]) expect(dot(placed(x, position), placed(x, position))).toBeCloseTo(dot(x, x), 4);
  expect([...placed(x, 0).dataSync()]).toEqual([...x.dataSync()]);
});

test("channels i and i + D/2 turn together by position · base^(−2i/D), as in Llama's checkpoints", () => {
  const x = vectors([2, 4, 3, 6], 5);
  const positions = [
    [0, 1, 2, 3],
    [5, 6, 7, 90],
  ];
  const from = gridOf(x);
  const expected = grid([2, 4, 3, 6], (index) => {
    const [b, slot, h, channel] = index as [number, number, number, number];
    const pair = channel % 3;
    const angle = (positions[b]![slot] as number) * base ** ((-2 * pair) / 6);
    const [first, second] = [at(from, [b, slot, h, pair]), at(from, [b, slot, h, pair + 3])];
    return channel < 3
      ? first * Math.cos(angle) - second * Math.sin(angle)
      : second * Math.cos(angle) + first * Math.sin(angle);
  });
  const rotated = gridOf(rotate(x, rotation(positions, 6, { base })));
  assertClose("rotate", rotated, expected, 1e-5);
});

test("padding stands at position 0, so that it stays finite", () => {
  const x = vectors([1, 1, 1, 4], 9);
  expect([...placed(x, -1).dataSync()]).toEqual([...x.dataSync()]);
});
