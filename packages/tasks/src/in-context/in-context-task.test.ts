import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inContextClassification } from "./in-context-classification.ts";
import { inContextRegression } from "./in-context-regression.ts";

describeDataset("in-context-regression", () => inContextRegression());
describeDataset("in-context-classification", () => inContextClassification());

interface Observation {
  readonly x: readonly number[];
  readonly y: string;
}

/** The examples of each source, and the question with its answer as the last. */
const read = (part: readonly TextExample[], dimension: number): Observation[][] =>
  part.filter(isTextPair).map(({ source, target }) => {
    expect(source).toMatch(/ \?$/);
    const words = [...source.split(" ").slice(0, -1), target];
    const count = words.length / (dimension + 1);
    return Array.from({ length: count }, (_, at) => {
      const own = words.slice(at * (dimension + 1), (at + 1) * (dimension + 1));
      return { x: own.slice(0, -1).map(Number), y: own.at(-1) as string };
    });
  });

const options = fc.record({
  seed: fc.integer(),
  examples: fc.integer({ min: 4, max: 10 }),
  resolution: fc.integer({ min: 6, max: 30 }),
  train: fc.constant(60),
  validation: fc.constant(5),
  test: fc.constant(20),
});

test("regression: least squares over the context predicts the answer within its rounding", async () => {
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(options, async (some) => {
      const { train, test: held } = await inContextRegression({ ...some, limit: 4 });
      for (const shown of read([...train, ...held], 2)) {
        const question = shown.pop() as Observation;
        const [a, b] = question.x as [number, number];
        const sum = (of: (one: Observation) => number) => shown.reduce((total, one) => total + of(one), 0);
        const [xx, xy, yy] = [sum(({ x }) => x[0]! ** 2), sum(({ x }) => x[0]! * x[1]!), sum(({ x }) => x[1]! ** 2)];
        const determinant = xx * yy - xy * xy;
        const isCut = [...shown, question].some(({ y }) => Math.abs(Number(y)) === 4 * some.resolution);
        if (determinant === 0 || isCut) continue;
        // The prediction is a weighted sum of answers, each of which is rounded by at most 1/2.
        const influence = ({ x }: Observation) =>
          (a * (yy * x[0]! - xy * x[1]!) + b * (xx * x[1]! - xy * x[0]!)) / determinant;
        const predicted = sum((one) => influence(one) * Number(one.y));
        const bound = 0.5 + 0.5 * sum((one) => Math.abs(influence(one)));
        expect(Math.abs(predicted - Number(question.y))).toBeLessThanOrEqual(bound + 1e-9);
        checked++;
      }
    }),
    { numRuns: 20 },
  );
  expect(checked).toBeGreaterThan(1000);
});

test.each(["linear", "sigmoid"] as const)(
  "regression, %s: with one dimension the answers are monotone",
  async (relation) => {
    const dataset = await inContextRegression({ dimension: 1, relation, resolution: 20, examples: 8 });
    const slopes = new Set<number>();
    for (const shown of read(dataset.test, 1)) {
      const ordered = shown.toSorted((one, other) => one.x[0]! - other.x[0]!).map(({ y }) => Number(y));
      const steps = new Set(
        ordered
          .slice(1)
          .map((y, at) => Math.sign(y - ordered[at]!))
          .filter((step) => step !== 0),
      );
      expect(steps.size).toBeLessThanOrEqual(1);
      for (const step of steps) slopes.add(step);
      if (relation === "sigmoid") expect(Math.max(...ordered.map(Math.abs))).toBeLessThanOrEqual(10);
    }
    expect(slopes.size).toBe(2);
  },
);

test("classification: what lies between two examples of a class is of that class", async () => {
  let between = 0;
  await fc.assert(
    fc.asyncProperty(options, fc.integer({ min: 2, max: 5 }), async (some, classes) => {
      const { train, test: held } = await inContextClassification({ ...some, classes });
      for (const shown of read([...train, ...held], 2)) {
        const question = shown.pop() as Observation;
        for (const one of shown) {
          for (const other of shown) {
            if (one.y !== other.y || !isBetween(question.x, one.x, other.x)) continue;
            expect(question.y).toBe(one.y);
            between++;
          }
        }
      }
    }),
    { numRuns: 20 },
  );
  expect(between).toBeGreaterThan(1000);
});

/** Whether q is a sum of positive multiples of p and r, which are not parallel. */
function isBetween(q: readonly number[], p: readonly number[], r: readonly number[]): boolean {
  const cross = (u: readonly number[], v: readonly number[]) => u[0]! * v[1]! - u[1]! * v[0]!;
  const area = cross(p, r);
  return area !== 0 && cross(q, r) / area > 0 && cross(p, q) / area > 0;
}

test("classification: every class is the answer about as often as any other", async () => {
  const { train } = await inContextClassification();
  const answers = read(train, 2).map((shown) => shown.at(-1)!.y);
  for (const name of ["a", "b", "c"]) {
    expect(Math.abs(answers.filter((answer) => answer === name).length - 10_000 / 3)).toBeLessThan(200);
  }
});

test("no input stands twice in a source, and the test part has each number of examples", async () => {
  const { test: held } = await inContextRegression({ resolution: 2, examples: 3, testExamples: [3, 24], test: 30 });
  const sources = read(held, 2);
  expect(sources.map(({ length }) => length - 1)).toEqual([...Array(30).fill(3), ...Array(30).fill(24)]);
  for (const shown of sources) expect(new Set(shown.map(({ x }) => x.join())).size).toBe(shown.length);
});

test("a grid with too few points is refused with how many it has", async () => {
  await expect(inContextRegression({ dimension: 1, resolution: 4, examples: 9 })).rejects.toThrow(
    "task in-context-regression: a context and its question need 10 different inputs, but only 9 exist",
  );
});
