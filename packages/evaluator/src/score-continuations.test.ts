import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Features, toBatch } from "@trivium/features";
import { type Architecture, createModel, languageTask, logitsOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, expect, test } from "vitest";
import { mostLikely } from "./most-likely.ts";
import { type ScoreContinuationsOptions, scoreContinuations } from "./score-continuations.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const vocabulary = 9;
const config = { vocabulary, length: 12, width: 8, layers: 2, heads: 2, initialisation: "t5" } as const;
type Arm = readonly [Architecture, Objective];
const causalArm: Arm = [causal, causalLm()];
const prefixArm: Arm = [prefix, prefixLm()];
const arms: readonly Arm[] = [causalArm, prefixArm, [encoderDecoder, seq2seq()]];
const named = arms.map((arm) => ({ name: arm[0].name, arm }));

const context = { tokens: [4, 7, 5] };
const continuations = [[6, 8], [4], [5, 5, 7, 4], [6, 8, 4]];
const everyId = Array.from({ length: vocabulary }, (_, id) => id);

function options([architecture, objective]: Arm, changes: Partial<ScoreContinuationsOptions> = {}) {
  const model = createModel({ architecture, config, attention: reference() });
  const parameters = model.createParameters(createRandom(3));
  return { model, parameters, objective, special: reservedSpecials(), context, continuations, ...changes };
}

const likelihoods = (request: ScoreContinuationsOptions) =>
  scoreContinuations(request).map(({ nats }) => Math.exp(-nats));
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const natsOf = (arm: Arm, tokens: readonly number[], continuation: readonly number[]) =>
  scoreContinuations(options(arm, { context: { tokens }, continuations: [continuation] }))[0]!.nats;

test.each(named)("$name: likelihoods of all continuations of a length sum to 1", ({ arm }) => {
  const pairs = everyId.flatMap((first) => everyId.map((second) => [first, second]));
  for (const all of [everyId.map((id) => [id]), pairs])
    expect(sum(likelihoods(options(arm, { continuations: all })))).toBeCloseTo(1, 5);
});

test.each(named)("$name: a target is empty, or it goes on with some token", ({ arm }) => {
  const source = { source: context.tokens };
  const others = everyId.filter((id) => id !== 3);
  const scores = scoreContinuations(
    options(arm, { context: source, continuations: [[], ...others.map((id) => [id])] }),
  );
  expect(scores.map(({ tokens }) => tokens)).toEqual([1, ...others.map(() => 2)]);
  expect(sum(scores.map(({ tokenNats }) => Math.exp(-tokenNats[0]!)))).toBeCloseTo(1, 5);
});

test.each(named)("$name: together they score as one by one", ({ arm }) => {
  for (const given of [context, { source: context.tokens }]) {
    const request = options(arm, { context: given });
    const alone = continuations.map((one) => scoreContinuations({ ...request, continuations: [one] })[0]!);
    for (const batchSize of [64, 3]) {
      const together = scoreContinuations({ ...request, batchSize });
      expect(together.map(({ tokens }) => tokens)).toEqual(alone.map(({ tokens }) => tokens));
      together.forEach(({ tokenNats }, at) => {
        expect(sum(tokenNats.map((value, token) => Math.abs(value - alone[at]!.tokenNats[token]!)))).toBeLessThan(1e-5);
      });
    }
  }
});

test.each(named)("$name: a target costs what the held-out loss of its pair is", ({ arm }) => {
  const source = context.tokens;
  const { model, parameters, objective, ...request } = options(arm, { context: { source } });
  const scoring = arm[1].scoring?.() as Objective;
  for (const [at, score] of scoreContinuations({ model, parameters, objective, ...request }).entries()) {
    const pair = { source, target: continuations[at]! };
    const batch = toBatch([scoring.features(pair, { special: reservedSpecials(), random: createRandom(1) })]);
    const loss = tf.tidy(() => languageTask({ model, objective: scoring }).loss(parameters, batch).sum.dataSync()[0]!);
    expect(score.nats).toBeCloseTo(loss, 4);
    expect(score.tokens).toBe(batch.supervisedTokens);
  }
});

/** The log-probabilities that a row's logits give its targets, in float64. */
function oracle({ model, parameters }: ScoreContinuationsOptions, row: Features): number {
  const logits = tf.tidy(() => logitsOf(model, parameters, toBatch([row], { pad: 0 })).arraySync()[0]!);
  const nats = row.targets.map((target, at) => Math.log(sum(logits[at]!.map(Math.exp))) - logits[at]![target]!);
  return sum(nats.filter((_, at) => row.lossWeights[at] !== 0));
}

test("the context of a prefix model is bidirectional and its continuation causal, as the mask of the oracle's row says", () => {
  const row = (prefixLength: number): Features => ({
    streams: { tokens: [4, 7, 5, 6] },
    prefixLength,
    targets: [7, 5, 6, 8],
    lossWeights: [0, 0, 1, 1],
  });
  const request = options(prefixArm, { continuations: [[6, 8]] });
  const [score] = scoreContinuations(request);
  expect(score!.nats).toBeCloseTo(oracle(request, row(3)), 4);
  for (const other of [0, 2, 4]) expect(Math.abs(score!.nats - oracle(request, row(other)))).toBeGreaterThan(1e-3);
});

test("where the context ends is nothing to a causal model, and something to one that sees it whole", () => {
  const chained = (arm: Arm) => natsOf(arm, [4, 7, 5], [6]) + natsOf(arm, [4, 7, 5, 6], [8]);
  expect(chained(causalArm)).toBeCloseTo(natsOf(causalArm, [4, 7, 5], [6, 8]), 4);
  for (const arm of arms.slice(1))
    expect(Math.abs(chained(arm) - natsOf(arm, [4, 7, 5], [6, 8]))).toBeGreaterThan(1e-3);
});

test("the choice is by the sum, or by the mean, which does not favour what is short", () => {
  const score = (...tokenNats: number[]) => ({ nats: sum(tokenNats), tokens: tokenNats.length, tokenNats });
  const scores = [score(1, 1, 1), score(2), score(2)];
  expect([mostLikely(scores), mostLikely(scores, { per: "token" }), mostLikely([])]).toEqual([1, 0, -1]);
});

test("a text without a token, and a continuation without one, are refused; a source may be empty", () => {
  const nothing = { tokens: [] };
  expect(() => scoreContinuations(options(causalArm, { context: nothing }))).toThrow(
    "nothing to predict its first token",
  );
  expect(() => scoreContinuations(options(causalArm, { continuations: [[]] }))).toThrow("at least one token, got none");
  for (const arm of arms) expect(scoreContinuations(options(arm, { context: { source: [] } }))).toHaveLength(4);
});

test("no tensor outlives it", () => {
  const request = options(causalArm);
  const before = tf.memory().numTensors;
  scoreContinuations(request);
  expect(tf.memory().numTensors).toBe(before);
});
