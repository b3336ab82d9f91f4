import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import {
  createModel,
  type Decoder,
  type DecodingState,
  type LanguageModel,
  logitsOf,
  type ModelOptions,
} from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm, promptOf } from "@trivium/objectives";
import { type ParameterTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answered, beam, collectAnswers, type GenerateOptions, generate, greedy } from "./index.ts";
import { smallConfig, smallModels } from "./testing/small-models.ts";

beforeAll(async () => void (await simd.activate()));

const special = reservedSpecials();
const examples = [[5, 6], [7, 8, 9, 10], [11], [12, 13, 14]].map((source) => ({ source, target: [] }));
const [endOfSequence] = special.end as [number];

/** Longer answers are lost without: ((5 + n) / 6)^α. */
const scoreOf = (logProbability: number, length: number, alpha: number) => logProbability / ((5 + length) / 6) ** alpha;

/** One answer of each example. */
const answersOf = async (options: GenerateOptions): Promise<Answered[]> =>
  (await collectAnswers(generate(options))).flat();

/** The same model, which gives no probability to other tokens. */
function speaking(model: LanguageModel, words: readonly number[]): LanguageModel {
  const mask = Array.from({ length: model.config.vocabulary }, (_, id) => (words.includes(id) ? 0 : -Infinity));
  const only = (state: DecodingState): DecodingState => ({
    ...state,
    lengths: state.lengths,
    logits: tf.keep(tf.tidy(() => tf.add(state.logits, tf.tensor1d(mask)))),
    append: (...of) => only(state.append(...of)),
    select: (...of) => only(state.select(...of)),
    dispose: () => state.dispose(),
  });
  const speak = (decoder: Decoder): Decoder => ({ ...decoder, prefill: (...of) => only(decoder.prefill(...of)) });
  return { ...model, decoder: (parameters) => speak(model.decoder(parameters)) };
}

describe.each(smallModels)("$name", ({ architecture, objective, own }) => {
  const create = (more: Partial<ModelOptions> = {}) =>
    createModel({ architecture, config: { ...smallConfig, ...own, ...more }, attention: reference() });
  const model = create();
  const predicting = architecture.streams.at(-1) as string;
  const promptFor = (example: (typeof examples)[number]) =>
    promptOf(objective, example, { special, random: createRandom(1) });

  /** Log-probabilities of every next token, the whole row again: no cache, no batch. */
  function nextAfter(parameters: ParameterTree, example: (typeof examples)[number], ids: readonly number[]): number[] {
    const prompt = promptFor(example);
    const row = [...prompt.streams[predicting]!, ...ids];
    const whole = { ...prompt, streams: { ...prompt.streams, [predicting]: row }, targets: row, lossWeights: row };
    return tf.tidy(() => {
      const logits = logitsOf(model, parameters, toBatch([whole], { pad: 0 }))
        .arraySync()[0]!
        .at(-1)!;
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return logits.map((logit) => logit - total);
    });
  }

  /** Beam search as it is written down. */
  function slowly(
    parameters: ParameterTree,
    example: (typeof examples)[number],
    { size, room, alpha }: { size: number; room: number; alpha: number },
  ) {
    let open = [{ ids: [] as number[], logProbability: 0 }];
    const ended: typeof open = [];
    for (let step = 0; step < room && ended.length < size; step++) {
      const all = open.flatMap(({ ids, logProbability }) =>
        nextAfter(parameters, example, ids).map((next, id) => ({ id, ids, logProbability: logProbability + next })),
      );
      all.sort((a, b) => b.logProbability - a.logProbability);
      ended.push(...all.slice(0, size).filter(({ id }) => id === endOfSequence));
      const longer = all.filter(({ id }) => id !== endOfSequence).slice(0, size);
      open = longer.map(({ id, ids, logProbability }) => ({ ids: [...ids, id], logProbability }));
    }
    const score = ({ ids, logProbability }: (typeof open)[number]) => scoreOf(logProbability, ids.length + 1, alpha);
    return ended.sort((a, b) => score(b) - score(a))[0] ?? open[0]!;
  }

  test.each([
    [4, 0, 2],
    [4, 0.6, 2],
    [2, 3, 10],
    [19, 2, 1],
  ])(
    "with caches and a batch, a beam of %i and α %f finds what the search finds without them",
    async (size, alpha, seeds) => {
      for (let seed = 0; seed < seeds; seed++) {
        const parameters = model.createParameters(createRandom(seed));
        const strategy = beam({ beam: size, lengthPenalty: alpha });
        const found = await answersOf({ model, parameters, objective, special, examples, maximumTokens: 5, strategy });
        const expected = examples.map((example) => slowly(parameters, example, { size, room: 5, alpha }));
        expect(found.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
        for (const [row, { logProbability }] of found.entries())
          expect(logProbability).toBeCloseTo(expected[row]!.logProbability, 4);
      }
    },
  );

  test("a beam of 1 is greedy decoding, whatever the length penalty", async () => {
    for (const [seed, lengthPenalty] of [0, 0.6, 5].entries()) {
      const request = { model, parameters: model.createParameters(createRandom(seed)), objective, special, examples };
      const limits = { maximumTokens: [6, 3, 6, 1] };
      const found = await answersOf({ ...request, ...limits, strategy: beam({ beam: 1, lengthPenalty }) });
      const expected = await answersOf({ ...request, ...limits });
      expect(found.map(({ ids, reason }) => ({ ids, reason }))).toEqual(
        expected.map(({ ids, reason }) => ({ ids, reason })),
      );
    }
  });

  test("a beam that holds every prefix finds the best of all answers", async () => {
    const words = [5, 6, 7];
    const small = speaking(create({ vocabulary: 128 }), [...words, endOfSequence]);
    for (const [seed, alpha] of [0, 0.6, 3].entries()) {
      const parameters = small.createParameters(createRandom(seed));
      const prompts = toBatch(examples.slice(0, 2).map(promptFor), { pad: 0 });
      const answers = [[], ...words.map((a) => [a])];
      answers.push(...words.flatMap((a) => words.map((b) => [a, b])));
      answers.push(...words.flatMap((a) => words.flatMap((b) => words.map((c) => [a, b, c]))));
      const best: { ids: number[]; score: number }[] = [];
      // Every answer by itself through the model that decodes: the prompt, then its tokens.
      for (const ids of answers) {
        const sums = [0, 0];
        const decoder = small.decoder(parameters);
        let state = decoder.prefill(prompts);
        for (const id of [...ids, endOfSequence]) {
          const next = tf.tidy(() => tf.logSoftmax(state.logits).arraySync());
          for (const row of sums.keys()) sums[row]! += next[row]![id]!;
          state.logits.dispose();
          state = state.append(Int32Array.of(id, id), Int32Array.of(1, 1));
        }
        state.logits.dispose();
        decoder.dispose();
        for (const [row, sum] of sums.entries()) {
          const score = scoreOf(sum, ids.length + 1, alpha);
          if (score > (best[row]?.score ?? -Infinity)) best[row] = { ids, score };
        }
      }
      const strategy = beam({ beam: 128, lengthPenalty: alpha });
      const two = examples.slice(0, 2);
      const found = await answersOf({
        model: small,
        parameters,
        objective,
        special,
        examples: two,
        maximumTokens: 4,
        strategy,
      });
      expect(found.map(({ ids }) => ids)).toEqual(best.map(({ ids }) => ids));
    }
  });

  test("a row that reaches its most tokens, or the model's length, is cut and says so", async () => {
    const parameters = model.createParameters(createRandom(1));
    const request = { model, parameters, objective, special, examples, ends: [], maximumTokens: [3, 100, 100, 2] };
    const found = await answersOf({ ...request, strategy: beam({ beam: 3 }) });
    const expected = await answersOf({ ...request, strategy: greedy() });
    expect(found.map(({ ids }) => ids.length)).toEqual(expected.map(({ ids }) => ids.length));
    expect(found.map(({ reason }) => reason)).toEqual(["length", "length", "length", "length"]);
  });

  test("results are the same in batches of every size, and no tensor is left behind", async () => {
    const parameters = model.createParameters(createRandom(3));
    const before = tf.memory().numTensors;
    const strategy = beam({ beam: 3, lengthPenalty: 1 });
    const request = { model, parameters, objective, special, examples, maximumTokens: 5, strategy };
    const results: Answered[][] = [];
    for (const batchSize of [1, 6, 256]) results.push(await answersOf({ ...request, batchSize }));
    expect(results[0]).toHaveLength(examples.length);
    const answers = results.map((one) => one.map(({ ids, reason }) => ({ ids, reason })));
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([
  [{ beam: 0 }, "beam is a positive integer, got 0"],
  [{ beam: 1.5 }, "got 1.5"],
  [{ beam: 20 }, "beam is an integer from 1 to the 19 tokens of the vocabulary, got 20"],
  [{ beam: 2, lengthPenalty: -1 }, "lengthPenalty is a number from 0, got -1"],
])("%j is refused", async (wrong, message) => {
  const model = createModel({ architecture: causal, config: smallConfig, attention: reference() });
  const parameters = model.createParameters(createRandom(1));
  const run = async () =>
    generate({
      model,
      parameters,
      objective: causalLm(),
      special,
      examples,
      maximumTokens: 3,
      strategy: beam(wrong),
    }).next();
  await expect(run()).rejects.toThrow(message);
});
