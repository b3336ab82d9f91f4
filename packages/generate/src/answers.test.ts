import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createModel, type Decoder, type LanguageModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, expect, test } from "vitest";
import {
  type Answered,
  beam,
  collectAnswers,
  type GenerateOptions,
  generate,
  greedy,
  lengthBeam,
  sample,
  stateless,
  suppressedTokens,
} from "./index.ts";
import { logProbabilities } from "./logits.ts";
import { smallConfig } from "./testing/small-models.ts";

beforeAll(async () => void (await simd.activate()));

const model = createModel({ architecture: causal, config: smallConfig, attention: reference() });
const examples = [[5, 6], [7, 8, 9, 10], [11]].map((tokens) => ({ tokens }));
const request = () => ({
  model,
  parameters: model.createParameters(createRandom(4)),
  objective: causalLm(),
  special: reservedSpecials(),
  examples,
  maximumTokens: 5,
});
const answersOf = (more: Partial<GenerateOptions>): Promise<Answered[][]> =>
  collectAnswers(generate({ ...request(), ...more }));
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

test("one search gives its several best answers, the best first, as the single best one alone", async () => {
  const strategy = lengthBeam({ beam: 4, lengthPenalty: 0 });
  const all = await answersOf({ strategy, samples: 3 });
  const one = await answersOf({ strategy });
  for (const [index, answers] of all.entries()) {
    expect(answers).toHaveLength(3);
    expect(answers[0]).toEqual(one[index]![0]);
    const scores = answers.map(({ logProbability }) => logProbability as number);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(answers.map(({ ids, reason }) => `${ids} ${reason}`)).size).toBe(3);
  }
});

test("more answers than a search chooses are refused", async () => {
  await expect(answersOf({ strategy: beam({ beam: 4 }), samples: 2 })).rejects.toThrow(
    "the strategy beam chooses 1 of its answers at most, got samples 2; ask for fewer, widen the beam of lengthBeam",
  );
  await expect(answersOf({ strategy: lengthBeam({ beam: 2 }), samples: 3 })).rejects.toThrow(
    "chooses 2 of its answers",
  );
});

test("the log-probabilities of a beam's tokens are those of the answer", async () => {
  for (const strategy of [lengthBeam({ beam: 3, lengthPenalty: 0 }), beam({ beam: 3 })]) {
    const answers = (await answersOf({ strategy, ends: [], logProbabilities: { top: 2 } })).flat();
    for (const { scores = [], logProbability, ids } of answers) {
      expect(scores).toHaveLength(ids.length);
      expect(sum(scores.map((score) => score.logProbability))).toBeCloseTo(logProbability as number, 4);
      for (const { top, logProbability: own } of scores) {
        expect(top).toHaveLength(2);
        expect(top![0]!.logProbability).toBeGreaterThanOrEqual(Math.max(own, top![1]!.logProbability));
      }
    }
  }
});

test("log-probabilities are the model's, or those behind the processors and the strategy's own", async () => {
  const seen: number[][] = [];
  const look = stateless("look", (scores) => void seen.push([...scores]));
  const one = { examples: [examples[0]!], ends: [], processors: [look, suppressedTokens({ ids: [5, 6, 7] })] };
  const strategy = sample({ temperature: 2, topK: 3 });
  const [[raw]] = (await answersOf({ ...one, strategy, logProbabilities: true })) as [[Answered]];
  const places = seen.splice(0);
  for (const [at, id] of raw.ids.entries()) {
    const expected = logProbabilities(Float32Array.from(places[at]!))[id]!;
    expect(raw.scores![at]!.logProbability).toBeCloseTo(expected, 5);
    expect(raw.scores![at]!.top).toBeUndefined();
  }
  const [[own]] = (await answersOf({ ...one, strategy, logProbabilities: { of: "processed", top: 5 } })) as [
    [Answered],
  ];
  expect(own.ids).toEqual(raw.ids);
  for (const [at, { top = [], logProbability }] of own.scores!.entries()) {
    const possible = top.filter((candidate) => candidate.logProbability > -Infinity);
    expect(possible).toHaveLength(3);
    expect(sum(possible.map((candidate) => Math.exp(candidate.logProbability)))).toBeCloseTo(1, 5);
    expect(possible).toContainEqual({ id: own.ids[at], logProbability });
  }
});

test("with a seed for each example an answer does not depend on the example's place", async () => {
  const more = { strategy: sample({ temperature: 3 }), ends: [], samples: 2 };
  const all = await answersOf({ ...more, seed: ["a", "b", "c"] });
  for (const [index, seed] of ["a", "b", "c"].entries())
    expect(await answersOf({ ...more, examples: [examples[index]!], seed: [seed] })).toEqual([all[index]]);
  const same = await answersOf({ ...more, examples: [examples[0]!, examples[0]!], seed: [7, 7] });
  expect(same[0]).toEqual(same[1]);
  await expect(answersOf({ ...more, seed: [1] })).rejects.toThrow("one for each of 3 examples, got 1");
});

/** The same model, whose decoder is looked at. */
function watched(given: LanguageModel): { readonly model: LanguageModel; readonly decoders: Decoder[] } {
  const decoders: Decoder[] = [];
  const decoder: LanguageModel["decoder"] = (...of) => {
    const made = given.decoder(...of);
    decoders.push(made);
    return made;
  };
  return { model: { ...given, decoder }, decoders };
}

test("many answers share the keys and values of their prompt, of which none is copied", async () => {
  const long = createModel({ architecture: causal, config: { ...smallConfig, length: 256 }, attention: reference() });
  const tokens = Array.from({ length: 200 }, (_, at) => 5 + (at % 13));
  const count = 6;
  const copied: number[] = [];
  for (const samples of [1, count]) {
    const { model: seen, decoders } = watched(long);
    const parameters = long.createParameters(createRandom(4));
    const events = generate({
      ...request(),
      model: seen,
      parameters,
      examples: [{ tokens }],
      samples,
      strategy: sample(),
      ends: [],
    });
    for await (const _ of events);
    copied.push(decoders[0]!.bytesCopied);
  }
  expect(copied).toEqual([0, 0]);
});

test("prompts of many lengths in one batch have the answers that each has alone, by every strategy", async () => {
  const ragged = Array.from({ length: 7 }, (_, at) => ({ tokens: Array.from({ length: at + 1 }, () => 5 + at) }));
  for (const strategy of [greedy(), sample({ temperature: 2 }), lengthBeam({ beam: 3 })]) {
    const seed = ragged.map((_, at) => at);
    const together = await answersOf({ examples: ragged, strategy, seed });
    for (const [at, example] of ragged.entries())
      expect(await answersOf({ examples: [example], strategy, seed: [at] })).toEqual([together[at]]);
  }
});
