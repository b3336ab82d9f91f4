import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { expect, test } from "vitest";
import { causalLm } from "./causal-lm.ts";
import { promptOf } from "./objective.ts";
import { prefixLm } from "./prefix-lm.ts";
import { seq2seq } from "./seq2seq.ts";
import { describeObjective } from "./testing.ts";

const activate = async () => void (await tf.setBackend("cpu"));
for (const objective of [
  causalLm(),
  causalLm({ loss: "target", labelSmoothing: 0.1 }),
  prefixLm({ zLoss: 1e-4 }),
  seq2seq(),
]) {
  describeObjective(objective, { activate });
}

const context = () => ({ special: reservedSpecials(), random: createRandom(1) });
const pair = { source: [7, 8], target: [9] };

test("pitfall 10: the prefix is source and SEP, and SEP predicts the first target id", () => {
  const row = { streams: { tokens: [7, 8, 2, 9] }, prefixLength: 3, targets: [8, 2, 9, 3] };
  expect(prefixLm().features(pair, context())).toEqual({ ...row, lossWeights: [0, 0, 1, 1] });
  expect(causalLm({ loss: "target" }).features(pair, context())).toEqual({ ...row, lossWeights: [0, 0, 1, 1] });
  expect(causalLm().features(pair, context())).toEqual({ ...row, lossWeights: [1, 1, 1, 1] });
});

test("pitfall 24: target-only objectives supervise the very same tokens in every architecture", () => {
  const supervised = [causalLm({ loss: "target" }), prefixLm(), seq2seq()].map((objective) => {
    const { targets, lossWeights } = objective.features(pair, context());
    return targets.filter((_, position) => lossWeights[position]);
  });
  expect(supervised).toEqual([
    [9, 3],
    [9, 3],
    [9, 3],
  ]);
});

test("seq2seq: the source ends with EOS, the target begins with BOS and predicts EOS", () => {
  expect(seq2seq().features(pair, context())).toEqual({
    streams: { source: [7, 8, 3], target: [1, 9] },
    prefixLength: 0,
    targets: [9, 3],
    lossWeights: [1, 1],
  });
  expect(promptOf(seq2seq(), pair, context()).streams).toEqual({ source: [7, 8, 3], target: [1] });
});

test("a text without a source is cut anywhere from 1 to its length − 1, with half of it supervised on average", () => {
  const tokens = Array.from({ length: 11 }, (_, index) => index + 10);
  const random = createRandom(2);
  const splits = Array.from(
    { length: 2000 },
    () => prefixLm().features({ tokens }, { special: reservedSpecials(), random }).prefixLength,
  );
  expect([Math.min(...splits), Math.max(...splits)]).toEqual([1, 10]);
  expect(splits.reduce((a, b) => a + b) / splits.length).toBeCloseTo(5.5, 0);
  const features = prefixLm().features({ tokens }, context());
  expect(features.lossWeights.indexOf(1)).toBe(features.prefixLength - 1);
});

test("a text has no prefix under causal-lm: not in training, not in prompts, not in scoring", () => {
  const tokens = [10, 11, 12, 13, 14, 15];
  const objective = causalLm();
  const scoring = objective.scoring?.() as typeof objective;
  const [trained, prompt, scored] = [
    objective.features({ tokens }, context()),
    promptOf(objective, { tokens }, context()),
    scoring.features({ tokens }, context()),
  ];
  expect([trained, prompt, scored].map(({ prefixLength }) => prefixLength)).toEqual([0, 0, 0]);
  expect(prompt.streams).toEqual({ tokens });
  expect(promptOf(scoring, { tokens }, context())).toEqual(prompt);
});

test("causal-lm scores a text on the tokens that prefix-lm scores, and a pair just as prefix-lm does", () => {
  const tokens = [10, 11, 12, 13, 14, 15];
  const scorings = [causalLm({ labelSmoothing: 0.1 }), prefixLm()].map((objective) => objective.scoring?.());
  for (let seed = 0; seed < 20; seed++) {
    const [causal, prefix] = scorings.map((scoring) =>
      scoring?.features({ tokens }, { special: reservedSpecials(), random: createRandom(seed) }),
    );
    expect(causal).toEqual({ ...prefix, prefixLength: 0 });
  }
  const [causal, prefix] = scorings.map((scoring) => scoring?.features(pair, context()));
  expect(causal).toEqual(prefix);
  expect(scorings[0]?.settings).toEqual({ loss: "target", labelSmoothing: 0, zLoss: 0 });
});

test("an objective says what it was made with", () => {
  expect(causalLm({ labelSmoothing: 0.1 }).settings).toEqual({ loss: "all", labelSmoothing: 0.1, zLoss: 0 });
  expect(prefixLm({ zLoss: 1e-4 }).settings).toEqual({ labelSmoothing: 0, zLoss: 1e-4 });
  expect(seq2seq().settings).toEqual({ labelSmoothing: 0, zLoss: 0 });
});

test("seq2seq and prefix-lm cut the same text at the same place and supervise the same tokens", () => {
  const tokens = [10, 11, 12, 13, 14, 15];
  const single = prefixLm().features({ tokens }, context());
  const double = seq2seq().features({ tokens }, context());
  expect(double.targets).toEqual(single.targets.filter((_, position) => single.lossWeights[position]));
});

test("an objective names the streams that do not fit", () => {
  const selfMask = () => ({ visible: (_batch: number, _head: number, query: number, key: number) => key <= query });
  expect(seq2seq().supports({ name: "causal", streams: ["tokens"], selfMask })).toEqual({
    code: "objective/streams",
    message: 'objective "seq2seq" makes the streams [source, target], and architecture "causal" runs [tokens]',
  });
  expect(causalLm().supports({ name: "prefix", streams: ["tokens"], selfMask })).toBe(true);
});

test("a text too short to predict anything and an unknown option are refused", () => {
  expect(() => causalLm().features({ tokens: [5] }, context())).toThrow(
    "a text needs at least 2 tokens to predict one, got 1",
  );
  expect(() => causalLm({ labelSmoothing: 1 })).toThrow(/causal-lm: labelSmoothing: /);
  expect(() => causalLm({ smoothing: 0.1 } as never)).toThrow(/causal-lm: .*smoothing/);
});

test("padding carries no loss: a batch's loss is the sum of its rows' losses", async () => {
  await activate();
  const objective = causalLm();
  const rows = [pair, { source: [5], target: [6, 7, 8] }].map((example) => objective.features(example, context()));
  const lossOf = (features: typeof rows) => {
    const batch = toBatch(features);
    const states = tf.zeros([batch.targets.length, 1]) as tf.Tensor2D;
    const head = { weight: tf.zeros([1, 16]) as tf.Tensor2D, transpose: false };
    return objective.loss({ states, head }, batch).sum.dataSync()[0] as number;
  };
  expect(lossOf(rows)).toBeCloseTo(lossOf([rows[0]!]) + lossOf([rows[1]!]), 4);
  expect(lossOf(rows)).toBeCloseTo((4 + 5) * Math.log(16), 4);
});
