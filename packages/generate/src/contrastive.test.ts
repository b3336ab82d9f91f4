import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { createModel, logitsOf } from "@trivium/model";
import { promptOf } from "@trivium/objectives";
import { type ParameterTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answered, collectAnswers, contrastive, type GenerateOptions, generate } from "./index.ts";
import { smallConfig, smallModels } from "./testing/small-models.ts";

beforeAll(async () => void (await simd.activate()));

const special = reservedSpecials();
const examples = [[5, 6], [7, 8, 9, 10], [11]].map((source) => ({ source, target: [] }));

const answersOf = async (options: GenerateOptions): Promise<Answered[]> =>
  (await collectAnswers(generate(options))).flat();

const cosine = (one: readonly number[], other: readonly number[]): number => {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
};

describe.each(smallModels)("$name", ({ architecture, objective, own }) => {
  const model = createModel({ architecture, config: { ...smallConfig, ...own }, attention: reference() });
  const predicting = architecture.streams.at(-1) as string;

  /** Probabilities of what follows a row, and the states of its tokens: the whole row again, no cache, no batch. */
  function runWhole(parameters: ParameterTree, example: (typeof examples)[number], ids: readonly number[]) {
    const prompt = promptOf(objective, example, { special, random: createRandom(1) });
    const row = [...prompt.streams[predicting]!, ...ids];
    const whole = { ...prompt, streams: { ...prompt.streams, [predicting]: row }, targets: row, lossWeights: row };
    const input = toBatch([whole], { pad: 0 });
    return tf.tidy(() => ({
      next: tf
        .softmax(logitsOf(model, parameters, input))
        .arraySync()[0]!
        .at(-1)!,
      states: model.states(parameters, input).arraySync(),
    }));
  }

  /** Algorithm of the paper, as it is written down. */
  function slowly(parameters: ParameterTree, example: (typeof examples)[number], k: number, alpha: number) {
    const ids: number[] = [];
    while (ids.length < 5) {
      const { next, states } = runWhole(parameters, example, ids);
      const candidates = [...next.keys()].sort((a, b) => next[b]! - next[a]!).slice(0, k);
      const scores = candidates.map((id) => {
        const own = runWhole(parameters, example, [...ids, id]).states.at(-1)!;
        return (1 - alpha) * next[id]! - alpha * Math.max(...states.map((state) => cosine(own, state)));
      });
      const chosen = candidates[scores.indexOf(Math.max(...scores))]!;
      if (special.end.includes(chosen)) break;
      ids.push(chosen);
    }
    return ids;
  }

  test("with caches and a batch it finds what the algorithm finds without them", async () => {
    for (const [seed, [candidates, penalty]] of [[3, 0.6] as const, [5, 0.3] as const].entries()) {
      const parameters = model.createParameters(createRandom(seed));
      const request = { model, parameters, objective, special, examples, maximumTokens: 5 };
      const found = await answersOf({ ...request, strategy: contrastive({ candidates, penalty }) });
      const expected = examples.map((example) => slowly(parameters, example, candidates, penalty));
      expect(found.map(({ ids }) => ids)).toEqual(expected);
    }
  });

  test("without a penalty or a choice it is greedy, and it leaves no tensor behind", async () => {
    const parameters = model.createParameters(createRandom(4));
    const before = tf.memory().numTensors;
    const request = { model, parameters, objective, special, examples, maximumTokens: 4 };
    const greedily = (await answersOf(request)).map(({ ids, reason }) => ({ ids, reason }));
    for (const strategy of [contrastive({ penalty: 0 }), contrastive({ candidates: 1 })])
      expect((await answersOf({ ...request, strategy })).map(({ ids, reason }) => ({ ids, reason }))).toEqual(greedily);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("an answer ends with the model's length, of which its last token takes a place", async () => {
    const parameters = model.createParameters(createRandom(1));
    const request = { model, parameters, objective, special, examples, ends: [], maximumTokens: 100 };
    const found = await answersOf({ ...request, strategy: contrastive({ candidates: 2 }) });
    const greedily = await answersOf(request);
    expect(found.map(({ ids }) => ids.length)).toEqual(greedily.map(({ ids }) => ids.length - 1));
    expect(found.map(({ reason }) => reason)).toEqual(["length", "length", "length"]);
  });
});

test.each([
  [{ candidates: 0 }, "candidates is a positive integer, got 0"],
  [{ penalty: 1.5 }, "penalty is from 0 to 1, got 1.5"],
])("%j is refused", (wrong, message) => {
  expect(() => contrastive(wrong)).toThrow(message);
});
