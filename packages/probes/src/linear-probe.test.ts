import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@trivium/core";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type LabelledExample, linearProbe } from "./linear-probe.ts";
import { fitRidge, solveSymmetric } from "./ridge-classifier.ts";
import { arms, probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

/** Three random digits, then one of three operators; the label is the operator. */
function lateOperator(count: number, position: number): LabelledExample[] {
  const random = createRandom("late operator");
  return Array.from({ length: count }, () => {
    const label = random.integer(3);
    const digits = Array.from({ length: 3 }, () => 4 + random.integer(8));
    return { example: { source: [...digits, 14 + label], target: [5] }, label, position };
  });
}

const config = { layers: 2, width: 16, positions: "none" } as const;

test.each(arms)("$name: what comes later can be read off the first state only where it was seen", (arm) => {
  const { name, architecture, objective } = arm;
  const probed = probedModel(architecture, config);
  const { layers, chance, classes, trained, tested } = linearProbe({
    ...probed,
    objective,
    examples: lateOperator(240, 0),
  });
  expect([classes, trained, tested, layers.length]).toEqual([3, 180, 60, 3]);
  // Three standard deviations of a guess among three.
  const guess = chance + 3 * Math.sqrt((chance * (1 - chance)) / tested);
  expect(layers[0]?.accuracy).toBeLessThan(guess);
  for (const { accuracy } of layers.slice(1)) {
    if (name === "causal") expect(accuracy).toBeLessThan(guess);
    else expect(accuracy).toBeGreaterThan(guess + 0.15);
  }
});

test("a token's own embedding tells its class, under a causal mask too", () => {
  const request = { ...probedModel(causal, config), objective: causalLm(), examples: lateOperator(120, 3) };
  const { layers } = linearProbe({ ...request, batchSize: 7 });
  expect(layers[0]).toEqual({ accuracy: 1, trainingAccuracy: 1 });
  for (const { accuracy } of layers) expect(accuracy).toBeGreaterThan(0.9);
});

test("the same examples and seed give the same plain numbers, and no tensor is left behind", () => {
  const request = { ...probedModel(causal), objective: causalLm(), examples: lateOperator(40, 1) };
  const before = tf.memory().numTensors;
  const found = linearProbe(request);
  expect(tf.memory().numTensors).toBe(before);
  expect(JSON.parse(JSON.stringify(linearProbe(request)))).toEqual(found);
});

test("the solution of a positive definite system fits it", () => {
  const numbers = (least: number) =>
    fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: least, maxLength: least });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(numbers(n * n), numbers(n * 2), fc.constant(n))),
      ([entries, values, n]) => {
        const m = Array.from({ length: n }, (_, i) => entries.slice(i * n, (i + 1) * n));
        const a = m.map((row, i) =>
          m.map((other, j) => row.reduce((sum, x, k) => sum + x * other[k]!, i === j ? 0.1 : 0)),
        );
        const b = Array.from({ length: n }, (_, i) => values.slice(2 * i, 2 * i + 2));
        const x = solveSymmetric(a, b);
        a.forEach((row, i) => {
          for (const column of [0, 1]) {
            const product = row.reduce((sum, value, k) => sum + value * x[k]![column]!, 0);
            expect(Math.abs(product - b[i]![column]!)).toBeLessThan(1e-9);
          }
        });
      },
    ),
  );
});

test("ridge regression separates what a line separates, and answers the commonest class where nothing tells", () => {
  const rows = Array.from({ length: 30 }, (_, at) => [at, 7, at % 2]);
  const labels = rows.map(([value]) => (value! < 15 ? 0 : 1));
  const classify = fitRidge({ rows, labels, classes: 2, ridge: 1e-6 });
  expect([classify([2, 7, 0]), classify([27, 7, 1])]).toEqual([0, 1]);
  const blind = fitRidge({
    rows: rows.map(() => [1]),
    labels: labels.map((_, at) => (at < 10 ? 0 : 2)),
    classes: 3,
    ridge: 1,
  });
  expect(blind([1])).toBe(2);
});

test("examples that cannot be probed are refused", () => {
  const request = { ...probedModel(causal), objective: causalLm() };
  expect(() => linearProbe({ ...request, examples: lateOperator(1, 0) })).toThrow("of 1 examples, 0.25 would leave 0");
  expect(() => linearProbe({ ...request, examples: lateOperator(8, 4) })).toThrow(
    "example 0 should have a label from 0 and a position among 4 source tokens",
  );
});
