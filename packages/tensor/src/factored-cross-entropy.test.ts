import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, expect, test } from "vitest";
import { factoredCrossEntropy, staysFactored } from "./factored-cross-entropy.ts";
import { type FactoredHead, multiplyOut } from "./factored-logits.ts";
import { softmaxCrossEntropy } from "./fused/softmax-cross-entropy.ts";
import { type Tensor1D, type Tensor2D, tf } from "./tf.ts";

beforeEach(async () => void (await tf.setBackend("cpu")));

const states = tf.tensor2d([
  [1, -2],
  [0.5, 3],
]) as Tensor2D;
const weight = tf.tensor2d([
  [1, 0, -1],
  [0, 1, 2],
]) as Tensor2D;
const targets = tf.tensor1d([2, 0], "int32") as Tensor1D;

test("logits stay factored by their shape alone: a large vocabulary, and 256 MiB of them", () => {
  expect(staysFactored(2 ** 14, 4096)).toBe(true);
  expect(staysFactored(2 ** 14 - 1, 4096)).toBe(false);
  expect(staysFactored(2 ** 20, 4095)).toBe(false);
  expect(staysFactored(64, 2 ** 20)).toBe(true);
});

test.each<[string, Omit<FactoredHead, "weight">]>([
  ["alone", { transpose: false }],
  ["with a bias", { transpose: false, bias: tf.tensor1d([0.5, -1, 2]) }],
  ["with a bias and a soft cap", { transpose: false, bias: tf.tensor1d([0.5, -1, 2]), softCap: 2 }],
])("a head %s gives the same logits from either layout, and the losses of these logits", (_, head) => {
  const logits = states.arraySync().map((state) =>
    [0, 1, 2].map((v) => {
      const bias = head.bias?.arraySync()[v] ?? 0;
      const logit = state[0]! * weight.arraySync()[0]![v]! + state[1]! * weight.arraySync()[1]![v]! + bias;
      return head.softCap ? head.softCap * Math.tanh(logit / head.softCap) : logit;
    }),
  );
  const transposed = { ...head, weight: tf.transpose(weight) as Tensor2D, transpose: true };
  for (const one of [{ ...head, weight }, transposed]) {
    const factored = { states, head: one };
    multiplyOut(factored)
      .arraySync()
      .forEach((row, r) => {
        expect(row).toEqual(logits[r]!.map((logit) => expect.closeTo(logit, 5)));
      });
    const losses = factoredCrossEntropy(factored, targets, tf.ones([2]), { labelSmoothing: 0.1 });
    const expected = softmaxCrossEntropy(multiplyOut(factored), targets, tf.ones([2]), { labelSmoothing: 0.1 });
    expect([...losses.dataSync()]).toEqual([...expected.dataSync()]);
  }
});

test("large logits are taken in chunks: they never exist, though they would take a terabyte", () => {
  const kernelName = "TriviumLinearCrossEntropy";
  const [rows, vocabulary] = [2 ** 18, 2 ** 20];
  const asked: number[][] = [];
  tf.registerKernel({
    kernelName,
    backendName: "cpu",
    kernelFunc({ inputs }) {
      asked.push(inputs.states!.shape, inputs.head!.shape, inputs.bias!.shape);
      const losses = { dataId: inputs.weights!.dataId, shape: [rows], dtype: "float32" as const };
      return [losses, losses];
    },
  });
  const given = {
    states: tf.zeros<tf.Rank.R2>([rows, 1]),
    head: { weight: tf.zeros<tf.Rank.R2>([vocabulary, 1]), transpose: true },
  };
  const weights = tf.zeros<tf.Rank.R1>([rows]);
  try {
    factoredCrossEntropy(given, tf.zeros([rows], "int32"), weights);
  } finally {
    tf.unregisterKernel(kernelName, "cpu");
  }
  expect(asked).toEqual([[rows, 1], [vocabulary, 1], [0]]);
});
