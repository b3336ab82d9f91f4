import { createRandom } from "@trivium/core";
import { expect } from "vitest";
import { attendProjected } from "../attend-projected.ts";
import type { AttentionKernel } from "../attention-kernel.ts";
import { mergeHeads, splitHeads } from "../heads.ts";
import { reference } from "../reference.ts";
import { attentionInFloat64 } from "./attention-in-float64.ts";
import type { CaseProblem } from "./case-problem.ts";
import { biasKinds, describeCase, type KernelCase, maskKinds, randomCases } from "./kernel-case.ts";
import { gradientsOf, greatestError, lossWeights, outputOf } from "./run-case.ts";
import { baseCase, forSupported, type KernelCheck } from "./supported-cases.ts";

/** Every mask with every bias, shapes of one and of primes, and mixed ones. */
const allCases: readonly KernelCase[] = [
  ...maskKinds.flatMap((mask) => biasKinds.map((bias) => ({ ...baseCase, mask, bias }))),
  { ...baseCase, shape: { B: 1, H: 1, G: 1, Q: 1, K: 1, D: 1 }, mask: "full" },
  { ...baseCase, shape: { ...baseCase.shape, Q: 3, K: 17 }, mask: "padding" },
  { ...baseCase, shape: { ...baseCase.shape, Q: 17, K: 3 }, mask: "full", bias: "relative, both ways" },
  { ...baseCase, mask: "prefix", bias: "relative, both ways", dropout: { rate: 0.5, seed: -3 } },
  ...maskKinds.map((mask): KernelCase => ({ ...baseCase, mask, scale: 1, softCap: 1.5 })),
  { ...baseCase, mask: "prefix", bias: "relative, both ways", softCap: 0.7, dropout: { rate: 0.3, seed: 5 } },
  ...randomCases(40, 20),
];

const tiny: KernelCase = { ...baseCase, shape: { B: 1, H: 2, G: 1, Q: 3, K: 4, D: 2 } };
const tinyCases: readonly KernelCase[] = [
  ...biasKinds.map((bias): KernelCase => ({ ...tiny, mask: "causal, bottom right", bias })),
  { ...tiny, mask: "prefix", scale: 1 },
  { ...tiny, mask: "some empty rows", bias: "dense, shared" },
  { ...tiny, mask: "full", dropout: { rate: 0.4, seed: 11 } },
  { ...tiny, mask: "causal", softCap: 0.8 },
  { ...tiny, mask: "prefix", bias: "dense", scale: 1, softCap: 1.3 },
];

const projectedCases: readonly KernelCase[] = [
  baseCase,
  { ...baseCase, mask: "prefix", bias: "relative, both ways", dropout: { rate: 0.3, seed: 8 } },
  { ...baseCase, shape: { ...baseCase.shape, Q: 1, K: 17 }, mask: "padding", bias: "dense" },
  { ...baseCase, mask: "prefix", softCap: 1.5 },
];

/** The same kernel, asked by `attendProjected`. */
const withMergedHeads = (kernel: AttentionKernel): AttentionKernel => ({
  ...kernel,
  attend({ query, key, value, ...rest }) {
    const heads = query.shape[1];
    const projected = { query: mergeHeads(query), key: mergeHeads(key), value: mergeHeads(value), heads };
    return splitHeads(attendProjected(kernel, { ...projected, ...rest }), heads);
  },
});

export const agreementChecks = {
  "outputs agree with attention in float64": (context) =>
    forSupported(context, allCases, (problem, one) => {
      const expected = attentionInFloat64(problem.plain(problem.inputs));
      const error = greatestError(outputOf(context.kernel, problem), expected);
      expect(error, describeCase(one)).toBeLessThan(context.tolerance.outputs);
    }),

  "gradients agree with the reference kernel's": (context) =>
    forSupported(context, allCases, (problem, one) => {
      const expected = gradientsOf(reference(), problem);
      const actual = gradientsOf(context.kernel, problem);
      expect(Object.keys(actual)).toEqual(Object.keys(problem.inputs));
      for (const [name, values] of Object.entries(actual)) {
        const error = greatestError(values, expected[name]!);
        expect(error, `${name} of ${describeCase(one)}`).toBeLessThan(context.tolerance.gradients);
      }
    }),

  "gradients agree with finite differences in float64": (context) =>
    forSupported(context, tinyCases, (problem, one) => {
      const actual = gradientsOf(context.kernel, problem);
      for (const [name, values] of Object.entries(finiteDifferences(problem))) {
        const error = greatestError(actual[name]!, values);
        expect(error, `${name} of ${describeCase(one)}`).toBeLessThan(context.tolerance.gradients);
      }
    }),

  "heads side by side give what split heads give, in outputs and gradients": (context) =>
    forSupported(context, projectedCases, (problem, one) => {
      const merged = withMergedHeads(context.kernel);
      const error = greatestError(outputOf(merged, problem), outputOf(reference(), problem));
      expect(error, describeCase(one)).toBeLessThan(context.tolerance.outputs);
      const expected = gradientsOf(reference(), problem);
      for (const [name, values] of Object.entries(gradientsOf(merged, problem))) {
        const error = greatestError(values, expected[name]!);
        expect(error, `${name} of ${describeCase(one)}`).toBeLessThan(context.tolerance.gradients);
      }
    }),

  "the same dropout seed drops what the reference drops, another seed something else": (context) => {
    const seeds = createRandom(4).shuffle([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]);
    const cases = seeds.map((seed): KernelCase => ({ ...baseCase, mask: "full", dropout: { rate: 0.5, seed } }));
    const seen: Float32Array[] = [];
    return forSupported(context, cases, (problem, one) => {
      const output = outputOf(context.kernel, problem);
      const error = greatestError(output, outputOf(reference(), problem));
      expect(error, describeCase(one)).toBeLessThan(context.tolerance.outputs);
      for (const other of seen) expect(greatestError(output, other)).toBeGreaterThan(0.1);
      seen.push(output);
    });
  },
} satisfies Record<string, KernelCheck>;

/** Central differences of the float64 oracle's `Σ weight · output`, input by input. */
function finiteDifferences({ inputs, plain }: CaseProblem): Record<string, Float64Array> {
  const weights = lossWeights(inputs.query!.shape);
  const exact = Object.fromEntries(
    Object.entries(inputs).map(([name, { values }]) => [name, { values: Float64Array.from(values) }]),
  );
  const loss = (): number => attentionInFloat64(plain(exact)).reduce((sum, value, at) => sum + value * weights[at]!, 0);
  const step = 1e-5;
  const slope = (values: Float64Array, index: number): number => {
    const value = values[index]!;
    values[index] = value + step;
    const above = loss();
    values[index] = value - step;
    const below = loss();
    values[index] = value;
    return (above - below) / (2 * step);
  };
  return Object.fromEntries(
    Object.entries(exact).map(([name, { values }]) => [
      name,
      Float64Array.from(values, (_, index) => slope(values, index)),
    ]),
  );
}
