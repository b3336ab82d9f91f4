import { createRandom } from "@trivium/core";
import { expect, test } from "vitest";
import { drawSequences, type InContextSequence, type SequenceOptions } from "./draw-sequence.ts";
import { type DescentOptions, inContextDescent } from "./in-context-descent.ts";
import { linearRegression } from "./in-context-task.ts";
import { queryError } from "./query-error.ts";
import { expectedStationaryError, onlineGradientDescent, stationaryWeights } from "./stationary-weights.ts";

const draw = (count: number, options: Partial<SequenceOptions> = {}): InContextSequence[] => {
  const sizes = { task: linearRegression, width: 16, examples: 40, queries: 200, ...options };
  return drawSequences(sizes, count, createRandom(1));
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean errors after each layer. */
function curve(sequences: readonly InContextSequence[], options: DescentOptions): number[] {
  const errors = sequences.map((sequence) => inContextDescent(sequence, options));
  return [...errors[0]!.keys()].map((layer) => mean(errors.map((one) => one[layer]!)));
}

const within = (value: number, part: number, expected: number): void => {
  expect(Math.abs(value / expected - 1), `${value}, expected ${expected} ± ${100 * part} %`).toBeLessThan(part);
};

const sequences = draw(1024);

/** Of the reproduction in numpy, 64 sequences; its layer 50 is far into the tail of few sequences. */
test.each([
  ["all", [1.85, 0.98, 0.28, 6.6e-2, 6.9e-3]],
  ["earlier", [1.85, 1.13, 0.68, 0.45, 0.37]],
] as const)("the curve of the paper's experiment, where an example sees %s", (sees, expected) => {
  const errors = curve(sequences, { sees, rate: 0.04, layers: 20 });
  for (const [index, layer] of [1, 2, 5, 10, 20].entries()) within(errors[layer]!, 0.35, expected[index]!);
});

test("at 50 layers the prefix has converged and the causal mask has stopped far from it", () => {
  const prefix = curve(sequences, { sees: "all", rate: 0.04, layers: 50 });
  const causal = curve(sequences, { sees: "earlier", rate: 0.04, layers: 50 });
  expect(prefix[50]).toBeLessThan(1e-4);
  within(causal[50]!, 0.1, expectedStationaryError({ width: 16, examples: 40 }));
  // Linearly: each ten layers take about as much away as the ten before.
  for (const layer of [20, 30, 40, 50]) expect(prefix[layer]! / prefix[layer - 10]!).toBeLessThan(0.3);
  within(causal[50]!, 0.02, causal[40]!);
});

test.each([
  { examples: 20, published: 1.44 },
  { examples: 40, published: 0.38 },
  { examples: 60, published: 0.11 },
  { examples: 100, published: 8.9e-3 },
])("the causal stationary point of $examples examples is near $published", ({ examples, published }) => {
  const errors = draw(2000, { examples, queries: 50 }).map((one) => queryError(one, stationaryWeights(one)));
  within(mean(errors), 0.15, published);
  within(mean(errors), 0.1, expectedStationaryError({ width: 16, examples }));
});

test.each([
  { centre: 1, examples: 40, published: 3.0 },
  { centre: 1, examples: 100, published: 0.66 },
  { centre: 2, examples: 100, published: 4.4 },
  { centre: 3, examples: 300, published: 2.4 },
])("inputs around $centre: the point of $examples examples is near $published", (given) => {
  const { centre, examples, published } = given;
  const drawn = draw(600, { examples, queries: 50, mean: centre });
  within(mean(drawn.map((one) => queryError(one, stationaryWeights(one)))), 0.25, published);
});

test("causal layers stop at the closed form, which is online gradient descent", () => {
  for (const sequence of draw(8, { width: 4, examples: 10 })) {
    const stationary = stationaryWeights(sequence);
    const online = onlineGradientDescent(sequence);
    expect([...stationary]).toEqual([...online].map((weight) => expect.closeTo(weight, 9)));
    const layered = inContextDescent(sequence, { sees: "earlier", rate: 0.16, layers: 400 }).at(-1)!;
    expect(layered).toBeCloseTo(queryError(sequence, stationary), 9);
  }
});

/** η is 1.6 for both. */
test.each([
  { width: 4, examples: 10, causal: 7.4e-2, at16: 7.9e-3, at32: 1.0e-3 },
  { width: 8, examples: 20, causal: 0.18, at16: 1.3e-2, at32: 1.2e-3 },
])("small: $width coordinates, $examples examples", ({ width, examples, causal, at16, at32 }) => {
  const drawn = draw(2048, { width, examples, queries: 20 });
  const prefix = curve(drawn, { sees: "all", rate: 1.6 / examples, layers: 32 });
  within(prefix[0]!, 0.25, width / 3);
  within(prefix[16]!, 0.25, at16);
  // A few sequences of examples that hardly span the space are most of it: its standard error is 15 %.
  within(prefix[32]!, 0.5, at32);
  within(mean(drawn.map((one) => queryError(one, stationaryWeights(one)))), 0.25, causal);
});

test("a sequence does not depend on how many are drawn, and its numbers are float32", () => {
  const [first] = draw(1);
  expect(sequences[0]).toEqual(first);
  expect([...first!.inputs, ...first!.targets].every((value) => Math.fround(value) === value)).toBe(true);
});
