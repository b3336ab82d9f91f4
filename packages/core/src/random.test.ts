import { expect, test } from "vitest";
import { createRandom } from "./random.ts";

const draw = (random: { uniform(): number }, count = 5) => Array.from({ length: count }, () => random.uniform());

test("the same seed gives the same numbers, another seed others", () => {
  expect(draw(createRandom(1))).toEqual(draw(createRandom(1)));
  expect(draw(createRandom(1))).not.toEqual(draw(createRandom(2)));
});

test("a split stream does not depend on what its parent drew", () => {
  const used = createRandom(3);
  draw(used, 100);
  expect(draw(used.split("data"))).toEqual(draw(createRandom(3).split("data")));
  expect(draw(used.split("data"))).not.toEqual(draw(used.split("init")));
});

test("a saved state goes on where it stopped", () => {
  const random = createRandom("seed").split(4);
  draw(random, 13);
  const saved = JSON.parse(JSON.stringify(random.state()));
  expect(draw(createRandom(saved))).toEqual(draw(random));
});

test("normal draws have mean 0 and variance 1, uniform draws mean 1/2", () => {
  const random = createRandom(5);
  const normals = Array.from({ length: 20_000 }, () => random.normal());
  const mean = normals.reduce((a, b) => a + b) / normals.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(normals.reduce((a, b) => a + (b - mean) ** 2, 0) / normals.length - 1)).toBeLessThan(0.05);
  expect(Math.abs(draw(random, 20_000).reduce((a, b) => a + b) / 20_000 - 0.5)).toBeLessThan(0.02);
});

test("shuffle is a permutation and leaves its argument alone", () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createRandom(6).shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
});

test("a seed that is no integer and a bound below 1 are refused", () => {
  expect(() => createRandom(0.5)).toThrow("a seed is an integer or a string, got 0.5");
  expect(() => createRandom(1).integer(0)).toThrow("integer(bound) needs a positive integer, got 0");
});
