import { createRandom, type Random } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bootstrapMean } from "./bootstrap-mean.ts";
import { type PairedEffectOptions, pairedEffect } from "./paired-effect.ts";
import { permutationTest } from "./permutation-test.ts";
import { signFlipTest } from "./sign-flip-test.ts";
import { studentQuantile } from "./student-quantile.ts";

const normals = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.normal());
const effect = (sides: Pick<PairedEffectOptions, "left" | "right"> & Partial<PairedEffectOptions>) =>
  pairedEffect({ name: "effect", unit: "units", smallest: 0, ...sides });

/** The share of experiments whose interval holds the truth, which is 0. */
function coverage(experiments: number, run: (random: Random) => { low: number; high: number }): number {
  const random = createRandom("coverage");
  const hits = Array.from({ length: experiments }, (_, at) => run(random.split(at)));
  return hits.filter(({ low, high }) => low <= 0 && high >= 0).length / experiments;
}

test("the interval of a mean covers it about as often as it says", () => {
  const share = coverage(600, (random) => bootstrapMean(normals(random, 60), { resamples: 400 }));
  expect(share).toBeGreaterThan(0.92);
  expect(share).toBeLessThan(0.98);
});

/** Arms that differ by noise of the seed, of the example and of both together, in these strengths. */
function noisyArms(random: Random, strengths: { seeds: number; seed: number; example: number; both: number }) {
  const examples = normals(random.split("examples"), 60);
  const left = Array.from({ length: strengths.seeds }, (_, seed) => {
    const own = random.split(seed);
    const shift = strengths.seed * own.normal();
    return examples.map((example) => shift + strengths.example * example + strengths.both * own.normal());
  });
  return { left, right: left.map((row) => row.map(() => 0)) };
}

test.each([
  { noise: "between three seeds", strengths: { seeds: 3, seed: 1, example: 0, both: 0 } },
  { noise: "between five seeds", strengths: { seeds: 5, seed: 1, example: 0, both: 0 } },
  { noise: "of shared examples", strengths: { seeds: 3, seed: 0, example: 1, both: 0 } },
  { noise: "of both levels", strengths: { seeds: 3, seed: 0.15, example: 1, both: 0.3 } },
])("the interval of a paired effect covers it: noise $noise", ({ strengths }) => {
  const share = coverage(400, (random) => effect({ ...noisyArms(random, strengths), resamples: 300 }));
  expect(share).toBeGreaterThan(0.915);
  expect(share).toBeLessThanOrEqual(0.99);
});

test("the same arm twice differs by exactly zero, with an interval of nothing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 }), {
        minLength: 1,
        maxLength: 5,
      }),
      (rows) => {
        expect(effect({ left: rows, right: rows, resamples: 50 })).toMatchObject({ estimate: 0, low: 0, high: 0 });
      },
    ),
    { numRuns: 40 },
  );
});

test("a constant shift is found exactly, whatever examples and seeds look like", () => {
  const right = [0, 1, 2].map((seed) => Array.from({ length: 40 }, (_, at) => (seed * 7 + at * 5) % 11));
  const left = right.map((row) => row.map((value) => value + 0.25));
  expect(effect({ left, right })).toEqual({
    name: "effect",
    unit: "units",
    smallest: 0,
    estimate: 0.25,
    low: 0.25,
    high: 0.25,
    method: "paired bootstrap over 3 seeds × 40 examples",
    seeds: [0.25, 0.25, 0.25],
  });
});

test("pairing takes away what both arms have in common", () => {
  const random = createRandom("common");
  const common = normals(random, 200).map((value) => value * 100);
  const left = [common.map((value) => value + 1 + random.normal())];
  const { low, high } = effect({ left, right: [common] });
  expect([low > 0.7, high < 1.3, high > low]).toEqual([true, true, true]);
});

test("weights make it a ratio of sums: nats per token", () => {
  const { estimate } = effect({ left: [[6, 4]], right: [[3, 3]], weights: [[3, 1]] });
  expect(estimate).toBe((6 + 4 - 3 - 3) / 4);
});

test("seeds may have examples of their own, and not of the same number", () => {
  const found = effect({
    left: [
      [1, 1],
      [2, 2, 2],
    ],
    right: [
      [0, 0],
      [0, 0, 0],
    ],
    examples: "own",
  });
  expect(found).toMatchObject({ estimate: 1.5, method: "paired bootstrap over 2 seeds × 2–3 examples" });
  expect(() => effect({ left: [[1, 1], [2]], right: [[0, 0], [0]] })).toThrow(
    "seed 1 has 1 and 1 examples, 1 weights, expected 2",
  );
});

test.each([
  [{ left: [], right: [] }, "0 and 0 seeds"],
  [{ left: [[1]], right: [[1], [2]] }, "1 and 2 seeds"],
  [{ left: [[1, 2]], right: [[1]] }, "2 and 1 examples"],
  [{ left: [[1]], right: [[Number.NaN]] }, "not a finite number"],
  // As JSON keeps a NaN: it would count as 0, the best loss there is.
  [{ left: [[1]], right: [[null as unknown as number]] }, "value 0 is null, not a finite number"],
  [{ left: [[]], right: [[]] }, "at least 1"],
])("what does not pair is refused: %j", (sides, message) => {
  expect(() => effect(sides)).toThrow(message);
});

test("the same seed gives the same interval, another one another", () => {
  const sides = noisyArms(createRandom(1), { seeds: 3, seed: 1, example: 1, both: 1 });
  expect(effect({ ...sides, resamples: 100 })).toEqual(effect({ ...sides, resamples: 100 }));
  expect(effect({ ...sides, resamples: 100, seed: 1 })).not.toEqual(effect({ ...sides, resamples: 100 }));
});

test("a sign-flip test is exact where all patterns can be counted", () => {
  // Of 8 patterns, +++ and −−− have the largest sum.
  expect(signFlipTest([1, 2, 3])).toEqual({ p: 2 / 8, method: "exact", permutations: 8 });
  // |sum| ≥ 4 of ±1 ±2 ±3: 6, 4 and their mirror images.
  expect(signFlipTest([-1, 2, 3]).p).toBe(4 / 8);
  expect(signFlipTest([0, 0, 0, 0]).p).toBe(1);
  expect(signFlipTest([0.1, 0.2, 0.3]).p).toBe(signFlipTest([1, 2, 3]).p);
});

test("a sampled sign-flip test is near the exact one, and never says that something is impossible", () => {
  const values = normals(createRandom("flips"), 16).map((value) => value + 0.5);
  const exact = signFlipTest(values);
  // A zero changes nothing but the number of patterns.
  const sampled = signFlipTest([...values, 0], { resamples: 20_000 });
  expect([exact.method, sampled.method]).toEqual(["exact", "sampled"]);
  expect(Math.abs(sampled.p - exact.p)).toBeLessThan(0.01);
  expect(signFlipTest(new Array(40).fill(1), { resamples: 99 }).p).toBe(1 / 100);
});

test("without an effect a sign-flip test's p is uniform", () => {
  const random = createRandom("uniform");
  const found = Array.from({ length: 500 }, (_, at) => signFlipTest(normals(random.split(at), 10)).p);
  for (const level of [0.05, 0.25, 0.5]) {
    expect(Math.abs(found.filter((p) => p <= level).length / 500 - level), String(level)).toBeLessThan(0.06);
  }
});

test("a two-sample test is exact where all divisions can be counted", () => {
  // Of 6 ways to choose two of four, {1, 2} and {3, 4} are as extreme.
  expect(permutationTest([1, 2], [3, 4])).toEqual({ p: 2 / 6, method: "exact", permutations: 6 });
  // Of 20, only the observed one and its mirror image.
  expect(permutationTest([1, 2, 3], [10, 11, 12]).p).toBe(2 / 20);
  // With groups of different sizes a mirror image need not exist.
  expect(permutationTest([5], [1, 2, 3]).p).toBe(1 / 4);
  expect(permutationTest([1, 1], [1, 1, 1]).p).toBe(1);
  expect(permutationTest([0.1, 0.2], [0.3, 0.4]).p).toBe(2 / 6);
});

test("a sampled two-sample test tells groups apart, and equal ones not", () => {
  const random = createRandom("groups");
  const [one, two] = [normals(random, 40), normals(random, 50)];
  expect(
    permutationTest(
      one,
      two.map((value) => value + 2),
      { resamples: 999 },
    ),
  ).toMatchObject({ p: 1 / 1000, method: "sampled" });
  expect(permutationTest(one, one, { resamples: 999 }).p).toBeGreaterThan(0.9);
  expect(() => permutationTest([], [1])).toThrow("at least 1");
});

test("Student's quantile meets its table and the normal distribution", () => {
  expect([1, 2, 4].map(studentQuantile)).toEqual([12.7062, 4.30265, 2.77645]);
  // From a printed table.
  for (const [degrees, value] of [
    [11, 2.201],
    [20, 2.086],
    [60, 2.0003],
  ] as const) {
    expect(studentQuantile(degrees)).toBeCloseTo(value, 2);
  }
  expect(studentQuantile(Number.POSITIVE_INFINITY)).toBeCloseTo(1.96, 4);
});
