import { createRandom } from "@trivium/core";
import { assertThat } from "@trivium/tensor/testing/cases";
import { attendProjected } from "../attend-projected.ts";
import type { AttentionKernel } from "../attention-kernel.ts";
import { mergeHeads, splitHeads } from "../heads.ts";
import { assertBelow } from "./assert-below.ts";
import { attentionInFloat64 } from "./attention-in-float64.ts";
import type { CaseProblem } from "./case-problem.ts";
import { biasKinds, describeCase, type KernelCase, maskKinds, randomCases } from "./kernel-case.ts";
import { gradientsInFloat64, gradientsOf, greatestError, lossWeights, outputOf } from "./run-case.ts";
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
    forSupported(context, allCases, async (problem, one) => {
      const expected = attentionInFloat64(problem.plain(problem.inputs));
      const error = greatestError(await outputOf(context.kernel, problem), expected);
      assertBelow(describeCase(one), error, context.tolerance.outputs);
    }),

  "gradients agree with attention's in float64": (context) =>
    forSupported(context, allCases, async (problem, one) => {
      const expected = gradientsInFloat64(problem);
      const actual = await gradientsOf(context.kernel, problem);
      assertThat(
        Object.keys(actual).join() === Object.keys(problem.inputs).join(),
        `gradients flow to ${Object.keys(actual)}, not to ${Object.keys(problem.inputs)}`,
      );
      for (const [name, values] of Object.entries(actual)) {
        const error = greatestError(values, expected[name]!);
        assertBelow(`${name} of ${describeCase(one)}`, error, context.tolerance.gradients);
      }
    }),

  "gradients agree with finite differences in float64": (context) =>
    forSupported(context, tinyCases, async (problem, one) => {
      const actual = await gradientsOf(context.kernel, problem);
      for (const [name, values] of Object.entries(finiteDifferences(problem))) {
        const error = greatestError(actual[name]!, values);
        assertBelow(`${name} of ${describeCase(one)}`, error, context.tolerance.gradients);
      }
    }),

  "heads side by side give what split heads give, in outputs and gradients": (context) =>
    forSupported(context, projectedCases, async (problem, one) => {
      const merged = withMergedHeads(context.kernel);
      const error = greatestError(await outputOf(merged, problem), attentionInFloat64(problem.plain(problem.inputs)));
      assertBelow(describeCase(one), error, context.tolerance.outputs);
      const expected = gradientsInFloat64(problem);
      for (const [name, values] of Object.entries(await gradientsOf(merged, problem))) {
        const error = greatestError(values, expected[name]!);
        assertBelow(`${name} of ${describeCase(one)}`, error, context.tolerance.gradients);
      }
    }),

  "the same dropout seed drops what it drops in float64, another seed something else": (context) => {
    const seeds = createRandom(4).shuffle([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]);
    const cases = seeds.map((seed): KernelCase => ({ ...baseCase, mask: "full", dropout: { rate: 0.5, seed } }));
    const seen: Float32Array[] = [];
    return forSupported(context, cases, async (problem, one) => {
      const output = await outputOf(context.kernel, problem);
      const error = greatestError(output, attentionInFloat64(problem.plain(problem.inputs)));
      assertBelow(describeCase(one), error, context.tolerance.outputs);
      for (const other of seen)
        assertThat(greatestError(output, other) > 0.1, `two seeds drop alike: ${describeCase(one)}`);
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
