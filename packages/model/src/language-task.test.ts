import "@tensorflow/tfjs-backend-cpu";
import { toBatch } from "@trivium/features";
import { causal } from "@trivium/masks";
import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { modelConfigSchema } from "./config.ts";
import { isForFactors, type LanguageTaskOptions, languageTask } from "./language-task.ts";

const targets = Array.from({ length: 64 }, () => 0);
const features = { streams: { tokens: targets }, prefixLength: 0, targets, lossWeights: targets.map(() => 1) };
const manyTokens = toBatch([features], { pad: 0 });

/** Says which of its two ways was asked, without a number that either would take. */
const asked = () => {
  const ways: string[] = [];
  const loss = (way: string) => () => {
    ways.push(way);
    return { sum: tf.scalar(0), tokens: 1 };
  };
  const both = Object.assign(loss("logits"), { ofFactors: loss("factors") });
  const matrix = () => tf.zeros([1, 1]) as tf.Tensor2D;
  const factors = () => ({ states: matrix(), head: matrix(), transposeHead: false });
  const logits = Object.assign(() => tf.zeros([1, 1, 1]) as tf.Tensor3D, { factors });
  return { ways, loss: both, logits };
};

const taskOf = (
  vocabulary: number,
  logits: LanguageTaskOptions["model"]["logits"],
  loss: LanguageTaskOptions["objective"]["loss"],
) =>
  languageTask({
    model: {
      architecture: { name: "a", streams: ["tokens"], selfMask: () => causal() },
      config: modelConfigSchema.parse({ vocabulary }),
      specs: { embedding: { shape: [vocabulary, 4], initial: { deviation: 1 } } },
      createParameters: () => ({}),
      logits,
    },
    objective: { name: "o", settings: { smoothing: 0.1 }, loss },
    trains: (path) => path !== "embedding",
    flops: ({ size }) => 10 * size,
  });

test("logits stay factored by their shape alone: a large vocabulary, and 256 MiB of them", () => {
  expect(isForFactors(2 ** 14, 4096)).toBe(true);
  expect(isForFactors(2 ** 14 - 1, 4096)).toBe(false);
  expect(isForFactors(2 ** 20, 4095)).toBe(false);
  expect(isForFactors(64, 2 ** 20)).toBe(true);
});

test.each([
  ["factors of large ones", 2 ** 20, "factors"],
  ["logits of small ones", 7, "logits"],
])("the loss is taken of the %s", (_name, vocabulary, way) => {
  const { ways, loss, logits } = asked();
  tf.tidy(() => void taskOf(vocabulary, logits, loss).loss({}, manyTokens));
  expect(ways).toEqual([way]);
});

test("a loss or logits of one's own are not passed over: they have no factors unless they bring them", () => {
  const { ways, loss, logits } = asked();
  tf.tidy(() => {
    taskOf(2 ** 20, logits, () => loss()).loss({}, manyTokens);
    taskOf(2 ** 20, () => tf.zeros([1, 1, 1]) as tf.Tensor3D, loss).loss({}, manyTokens);
  });
  expect(ways).toEqual(["logits", "logits"]);
});

test("a task describes its model and objective, counts its batches, and knows what is frozen", () => {
  const { logits, loss } = asked();
  const task = taskOf(7, logits, loss);
  expect(task.describe()).toMatchObject({
    architecture: "a",
    model: { vocabulary: 7 },
    objective: { name: "o", smoothing: 0.1 },
  });
  expect(task.counts(manyTokens)).toEqual({ supervisedTokens: 64, seenTokens: 64, flops: 10 });
  expect(task.trains?.("embedding")).toBe(false);
});
