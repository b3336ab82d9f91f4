import type { Objective } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { isForFactors, lossOf } from "./loss-of.ts";
import { batchOf, bigramModel, row } from "./testing/bigram.ts";

/** 64 targets. */
const manyTokens = batchOf(row(Array.from({ length: 65 }, () => 0)));
const { config } = bigramModel();

/** Says which of its two ways was asked, without a number that either would take. */
const asked = () => {
  const ways: string[] = [];
  const loss = (way: string) => () => {
    ways.push(way);
    return { sum: tf.scalar(0), tokens: 1 };
  };
  const objective: Pick<Objective, "loss"> = { loss: Object.assign(loss("logits"), { ofFactors: loss("factors") }) };
  const matrix = () => tf.zeros([1, 1]) as tf.Tensor2D;
  const factors = () => ({ states: matrix(), head: matrix(), transposeHead: false });
  const logits = Object.assign(() => tf.zeros([1, 1, 1]) as tf.Tensor3D, { factors });
  return { ways, objective, logits };
};

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
  const { ways, objective, logits } = asked();
  tf.tidy(() => void lossOf({ model: { config: { ...config, vocabulary }, logits }, objective }, {}, manyTokens));
  expect(ways).toEqual([way]);
});

test("a loss or logits of one's own are not passed over: they have no factors unless they bring them", () => {
  const { ways, objective, logits } = asked();
  const large = { ...config, vocabulary: 2 ** 20 };
  const own = { ...objective, loss: (...given: Parameters<Objective["loss"]>) => objective.loss(...given) };
  const plain = { logits: () => tf.zeros([1, 1, 1]) as tf.Tensor3D };
  tf.tidy(() => {
    lossOf({ model: { config: large, logits }, objective: own }, {}, manyTokens);
    lossOf({ model: { config: large, ...plain }, objective }, {}, manyTokens);
  });
  expect(ways).toEqual(["logits", "logits"]);
});
