import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { causal, full, not } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { linearAttention } from "./linear-attention.ts";
import { caseProblem } from "./testing/case-problem.ts";
import { describeCase, type KernelCase, maskKinds, randomCases } from "./testing/kernel-case.ts";
import { linearAttentionInFloat64, type PlainLinearRequest } from "./testing/linear-attention-in-float64.ts";
import { gradientsOf, greatestError, lossWeights, outputOf } from "./testing/run-case.ts";
import { baseCase } from "./testing/supported-cases.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

/** As a kernel is asked, so that the cases of kernels serve. */
const linear = { name: "linear", supports: () => true as const, attend: linearAttention };

const cases: readonly KernelCase[] = [...maskKinds.map((mask) => ({ ...baseCase, mask })), ...randomCases(12, 5)].map(
  ({ dropout: _, ...one }): KernelCase => ({ ...one, bias: "none", scale: one.scale ?? 0.5 }),
);

test.each(cases.map((one) => [describeCase(one), one] as const))("equals float64: %s", async (_, one) => {
  const problem = caseProblem(one);
  const expected = linearAttentionInFloat64(problem.plain(problem.inputs));
  expect(greatestError(await outputOf(linear, problem), expected)).toBeLessThan(1e-5);
});

test.each(["prefix", "some empty rows"] as const)("gradients are those of float64 under the mask: %s", async (mask) => {
  const problem = caseProblem({ ...baseCase, shape: { B: 1, H: 2, G: 1, Q: 3, K: 4, D: 2 }, mask, scale: 0.7 });
  const actual = await gradientsOf(linear, problem);
  for (const [name, values] of Object.entries(slopes(problem.plain(problem.inputs)))) {
    expect(greatestError(actual[name]!, values), name).toBeLessThan(1e-5);
  }
});

test("the scale is 1 unless it is given, unlike that of softmax attention", () => {
  const { request, inputs } = caseProblem(baseCase);
  tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]),
    );
    const asIs = linearAttention(request(tensors));
    const one = linearAttention({ ...request(tensors), scale: 1 });
    expect(asIs.dataSync()).toEqual(one.dataSync());
  });
});

test("pitfall 2: a query that sees nothing gives 0, and its gradients are finite", () => {
  const x = tf.ones<tf.Rank.R4>([1, 1, 3, 2]);
  const run = (query: tf.Tensor) => linearAttention({ query: query as Tensor4D, key: x, value: x, mask: not(full()) });
  expect([...run(x).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([
    ...tf
      .grad((query) => tf.sum(run(query)))(x)
      .dataSync(),
  ]).toEqual([0, 0, 0, 0, 0, 0]);
});

test("refuses what kernels refuse: shapes that disagree", () => {
  const x = (width: number) => tf.ones<tf.Rank.R4>([1, 1, 3, width]);
  try {
    linearAttention({ query: x(2), key: x(3), value: x(3), mask: causal() });
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "attention/head-width")).toBe(true);
  }
});

/** Slopes of `Σ weight · output`; it is linear in each tensor alone, so that differences of any length are exact. */
function slopes(plain: PlainLinearRequest): Record<"query" | "key" | "value", Float64Array> {
  const { H, Q, D, B } = plain.shape;
  const weights = lossWeights([B, H, Q, D]);
  const loss = (one: PlainLinearRequest) =>
    linearAttentionInFloat64(one).reduce((sum, value, at) => sum + value * weights[at]!, 0);
  const before = loss(plain);
  const of = (name: "query" | "key" | "value") =>
    Float64Array.from(plain[name], (_, at) => {
      const moved = Float64Array.from(plain[name]);
      moved[at]! += 1;
      return loss({ ...plain, [name]: moved }) - before;
    });
  return { query: of("query"), key: of("key"), value: of("value") };
}
