import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type ModelInput, toBatch } from "@trivium/features";
import { createModel, logitsOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm, promptOf } from "@trivium/objectives";
import { type ParameterTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import { type Decoded, decodeGreedily, decodeWithBeam, generate } from "./index.ts";
import { smallConfig, smallModels } from "./testing/small-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const special = reservedSpecials();
const examples = [[5, 6], [7, 8, 9, 10], [11]].map((source) => ({ source, target: [] }));

describe.each(smallModels)("$name", ({ architecture, objective, own }) => {
  const model = createModel({ architecture, config: { ...smallConfig, ...own }, attention: reference() });
  const predicting = architecture.streams.at(-1) as string;
  /** Positions of the model's length that a prompt takes. */
  const taken = ({ streams }: ModelInput, row = 0): number =>
    (own.crossAttention === "merged" ? architecture.streams : [predicting])
      .map((stream) => streams[stream]?.lengths[row] ?? 0)
      .reduce((sum, length) => sum + length);

  /** Greedy decoding as it is written down: the whole row again for each token, no cache, no batch. */
  function slowly(
    parameters: ParameterTree,
    example: (typeof examples)[number],
    steps: number,
    end: readonly number[] = special.end,
  ): number[] {
    const prompt = promptOf(objective, example, { special, random: createRandom(1) });
    const ids: number[] = [];
    while (ids.length < steps) {
      const row = [...prompt.streams[predicting]!, ...ids];
      const input = toBatch(
        [{ ...prompt, streams: { ...prompt.streams, [predicting]: row }, targets: row, lossWeights: row }],
        { pad: 0 },
      );
      if (taken(input) > smallConfig.length) break;
      const logits = tf.tidy(() => logitsOf(model, parameters, input).arraySync()[0]!.at(-1)!);
      const next = logits.indexOf(Math.max(...logits));
      if (end.includes(next)) break;
      ids.push(next);
    }
    return ids;
  }

  const promptsOf = () =>
    toBatch(examples.map((example) => promptOf(objective, example, { special, random: createRandom(1) })));

  test("a batch with caches decodes what each row decodes alone without them", async () => {
    for (const seed of [1, 2, 3]) {
      const parameters = model.createParameters(createRandom(seed));
      const results: Decoded[] = [];
      const request = { model, parameters, objective, special, examples, maximumTokens: 5, batchSize: 2 };
      for await (const event of generate(request)) {
        if (event.type === "generated") results[event.index] = event.result;
      }
      expect(results.map(({ ids }) => ids)).toEqual(examples.map((example) => slowly(parameters, example, 5)));
    }
  });

  test("a row that reaches the model's length stops there and says so", async () => {
    const parameters = model.createParameters(createRandom(1));
    const input = toBatch([promptOf(objective, examples[1]!, { special, random: createRandom(1) })], {
      pad: 0,
    });
    const [decoded] = await decodeGreedily(model, parameters, input, { end: [], maximumTokens: 100 });
    expect(decoded?.stopped).toBe("length");
    expect(decoded?.ids).toHaveLength(smallConfig.length - taken(input) + 1);
  });

  test("pitfall 17: a long prompt in the batch does not shorten the answers beside it, step after step of the cache", async () => {
    const parameters = model.createParameters(createRandom(5));
    const prompts = [
      [5, 6, 7],
      [7, 8, 9, 10, 11, 12, 13, 5],
    ].map((source) => ({ source, target: [] }));
    const input = toBatch(
      prompts.map((example) => promptOf(objective, example, { special, random: createRandom(1) })),
      { pad: 0 },
    );
    const together = await decodeGreedily(model, parameters, input, { end: [], maximumTokens: [8, 8] });
    for (const [row, example] of prompts.entries()) {
      const ids = together[row]?.ids ?? [];
      expect(ids).toHaveLength(Math.min(8, smallConfig.length - taken(input, row) + 1));
      expect(ids).toEqual(slowly(parameters, example, 8, []));
    }
  });

  test("decoding stops on any of several ends, greedily and with a beam", async () => {
    const parameters = model.createParameters(createRandom(2));
    const free = await decodeGreedily(model, parameters, promptsOf(), { end: [], maximumTokens: 6 });
    const end = free.map(({ ids }) => ids[2] as number);
    const stopped = await decodeGreedily(model, parameters, promptsOf(), { end, maximumTokens: 6 });
    expect(stopped.map(({ ids }) => ids)).toEqual(
      free.map(({ ids }) =>
        ids.slice(
          0,
          ids.findIndex((id) => end.includes(id)),
        ),
      ),
    );
    expect(stopped.every((row) => row.stopped === "end")).toBe(true);
    const searched = await decodeWithBeam(model, parameters, promptsOf(), { end, maximumTokens: 6, beam: 1 });
    expect(searched.map(({ ids }) => ids)).toEqual(stopped.map(({ ids }) => ids));
    const both = await decodeWithBeam(model, parameters, promptsOf(), { end, maximumTokens: 6, beam: 3 });
    expect(both.flatMap(({ ids }) => ids).filter((id) => end.includes(id))).toEqual([]);
  });

  test("no tensor is left behind, and an aborted signal ends the stream", async () => {
    const parameters = model.createParameters(createRandom(1));
    const before = tf.memory().numTensors;
    const events = [];
    const request = { model, parameters, objective, special, examples, maximumTokens: 3 };
    for await (const event of generate(request)) events.push(event.type);
    expect(events).toEqual(["generated", "generated", "generated", "finished"]);
    for await (const _ of generate({ ...request, signal: AbortSignal.abort() })) expect.unreachable();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("a number of tokens that is not a positive integer is refused", async () => {
  const model = createModel({ architecture: causal, config: smallConfig, attention: reference() });
  const input = toBatch([promptOf(causalLm(), examples[0]!, { special, random: createRandom(1) })], {
    pad: 0,
  });
  const asked = (maximumTokens: number | number[]) => decodeGreedily(model, {}, input, { end: [3], maximumTokens });
  await expect(asked([1, 2])).rejects.toThrow("maximumTokens is one number, or one for each row, got 2 for 1 rows");
  await expect(asked(0)).rejects.toThrow("maximumTokens is a positive integer, got 0");
});
