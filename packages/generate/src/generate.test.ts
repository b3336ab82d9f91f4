import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type ModelInput, toBatch } from "@trivium/features";
import { createModel, logitsOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm, promptOf } from "@trivium/objectives";
import { type ParameterTree, tf } from "@trivium/tensor";
import { createByteTokenizer, createSharedPair, reservedSpecials } from "@trivium/text";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Answered,
  beam,
  behindPrompt,
  collectAnswers,
  forcedTokens,
  type GenerateEvent,
  type GenerateOptions,
  generate,
  type LogitsProcessor,
  lengthBeam,
  sample,
  stopStrings,
} from "./index.ts";
import { smallConfig, smallModels } from "./testing/small-models.ts";

beforeAll(async () => void (await simd.activate()));

const special = reservedSpecials();
const examples = [[5, 6], [7, 8, 9, 10], [11]].map((source) => ({ source, target: [] }));

const answersOf = async (options: GenerateOptions): Promise<Answered[]> =>
  (await collectAnswers(generate(options))).flat();

/** What decodes ids to letters: 5 is "f". */
const decodeText = (ids: readonly number[]): string => ids.map((id) => String.fromCharCode(97 + id)).join("");

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

  test("processes that share the batches have the answers of one, each of them once", async () => {
    const parameters = model.createParameters(createRandom(1));
    const given = {
      model,
      parameters,
      objective,
      special,
      examples,
      maximumTokens: 5,
      batchSize: 1,
      strategy: sample(),
    };
    const alone = await collectAnswers(generate(given));
    const shares = [0, 1].map((rank) => collectAnswers(generate({ ...given, share: { rank, ranks: 2 } })));
    const parts = (await Promise.all(shares)).map((answers) => Object.entries(answers));
    expect(parts.map(({ length }) => length)).toEqual([2, 1]);
    expect(Object.values(Object.fromEntries(parts.flat()))).toEqual(alone);
  });

  test("a batch with caches decodes what each row decodes alone without them", async () => {
    for (const seed of [1, 2, 3]) {
      const parameters = model.createParameters(createRandom(seed));
      const results = await answersOf({
        model,
        parameters,
        objective,
        special,
        examples,
        maximumTokens: 5,
        batchSize: 2,
      });
      expect(results.map(({ ids }) => ids)).toEqual(examples.map((example) => slowly(parameters, example, 5)));
    }
  });

  test("pitfall 17: a row that reaches the model's length says so, and a long prompt beside it does not shorten it", async () => {
    const parameters = model.createParameters(createRandom(5));
    const prompts = [
      [5, 6, 7],
      [7, 8, 9, 10, 11, 12, 13, 5],
    ].map((source) => ({ source, target: [] }));
    const together = await answersOf({
      model,
      parameters,
      objective,
      special,
      examples: prompts,
      maximumTokens: 8,
      ends: [],
    });
    for (const [row, example] of prompts.entries()) {
      const { ids, reason } = together[row]!;
      const input = toBatch([promptOf(objective, example, { special, random: createRandom(1) })], { pad: 0 });
      expect(reason).toBe("length");
      expect(ids).toHaveLength(Math.min(8, smallConfig.length - taken(input) + 1));
      expect(ids).toEqual(slowly(parameters, example, 8, []));
    }
  });

  test("decoding stops on any of several ends, greedily and with a beam", async () => {
    const request = { model, parameters: model.createParameters(createRandom(2)), objective, special, examples };
    const free = await answersOf({ ...request, maximumTokens: 6, ends: [] });
    const ends = free.map(({ ids }) => ids[2] as number);
    const limits = { maximumTokens: 6, ends };
    const stopped = await answersOf({ ...request, ...limits });
    const before = (ids: readonly number[]) =>
      ids.slice(
        0,
        ids.findIndex((id) => ends.includes(id)),
      );
    expect(stopped.map(({ ids }) => ids)).toEqual(free.map(({ ids }) => before(ids)));
    expect(stopped.every(({ reason }) => reason === "end")).toBe(true);
    const searched = await answersOf({ ...request, ...limits, strategy: beam({ beam: 1 }) });
    expect(searched.map(({ ids }) => ids)).toEqual(stopped.map(({ ids }) => ids));
    const both = await answersOf({ ...request, ...limits, strategy: beam({ beam: 3 }) });
    expect(both.flatMap(({ ids }) => ids).filter((id) => ends.includes(id))).toEqual([]);
  });

  test("a sampled answer is the same alone and in company, and in batches of every size; samples differ", async () => {
    const parameters = model.createParameters(createRandom(2));
    const strategy = sample({ temperature: 2 });
    const request = { model, parameters, objective, special, maximumTokens: 6, ends: [], strategy, samples: 3 };
    const [together, small] = [
      await collectAnswers(generate({ ...request, examples })),
      await collectAnswers(generate({ ...request, examples, batchSize: 1 })),
    ];
    expect(small).toEqual(together);
    const [first] = examples;
    expect(await collectAnswers(generate({ ...request, examples: [first!] }))).toEqual([together[0]]);
    expect(new Set(together.flat().map(({ ids }) => ids.join())).size).toBeGreaterThan(examples.length);
    expect(await collectAnswers(generate({ ...request, examples, seed: 1 }))).not.toEqual(together);
  });

  test("no tensor is left behind, whether it is read to the end, left, or aborted", async () => {
    const parameters = model.createParameters(createRandom(1));
    const before = tf.memory().numTensors;
    const request = { model, parameters, objective, special, examples, maximumTokens: 3, ends: [] };
    const kinds = [];
    for await (const { type } of generate(request)) kinds.push(type);
    expect(kinds.filter((kind) => kind === "finished")).toHaveLength(3);
    expect(kinds.filter((kind) => kind === "token")).toHaveLength(9);
    for await (const _ of generate(request)) break;
    const abort = new AbortController();
    const reasons: string[] = [];
    for await (const event of generate({ ...request, batchSize: 2, signal: abort.signal })) {
      if (event.type === "token") abort.abort();
      if (event.type === "finished") reasons.push(event.reason);
    }
    expect(reasons).toEqual(["aborted", "aborted", "aborted"]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const causalModel = createModel({ architecture: causal, config: smallConfig, attention: reference() });
const causalRequest = () => ({
  model: causalModel,
  parameters: causalModel.createParameters(createRandom(4)),
  objective: causalLm(),
  special,
  examples,
  maximumTokens: 6,
});

test("tokens come as they are chosen, with text, log-probabilities and what each step looked at", async () => {
  const events: GenerateEvent[] = [];
  const more = { decodeText, trace: true, logProbabilities: true, ends: [] };
  for await (const event of generate({ ...causalRequest(), ...more, examples: [examples[0]!] })) events.push(event);
  expect(events.slice(0, 3).map(({ type }) => type)).toEqual(["step", "token", "text"]);
  for (const [at, event] of events.entries()) {
    if (event.type !== "token") continue;
    const step = events[at - 1];
    if (step?.type !== "step") throw new Error("a token without a step");
    expect(step.candidates[0]![0]).toEqual({ id: event.id, logProbability: event.logProbability });
    const shown = step.candidates[0]!.reduce(
      (sum, { logProbability }) => sum - Math.exp(logProbability) * logProbability,
      0,
    );
    expect(step.entropies[0]).toBeGreaterThan(shown);
    expect(step.entropies[0]).toBeLessThan(Math.log(smallConfig.vocabulary));
    const text = events[at + 1];
    expect(text).toMatchObject({ type: expect.stringMatching("text"), text: decodeText([event.id]) });
  }
  expect(events.at(-1)).toMatchObject({ type: "finished", index: 0, sample: 0, reason: "length" });
});

test("a text ends before a stop string, of which nothing was shown", async () => {
  const [whole] = await answersOf({ ...causalRequest(), examples: [examples[0]!], decodeText, ends: [] });
  const stop = whole!.text.slice(2, 4);
  const shown: string[] = [];
  let reason: string | undefined;
  const request = { ...causalRequest(), examples: [examples[0]!], decodeText, ends: [] };
  for await (const event of generate({ ...request, stop: [stopStrings({ strings: [stop, "zzz"] })] })) {
    if (event.type === "text") shown.push(event.text);
    if (event.type === "finished") ({ reason } = event);
  }
  expect([shown.join(""), reason]).toEqual([whole!.text.slice(0, whole!.text.indexOf(stop)), "stop"]);
});

test("a processor of the caller's changes what is chosen, row by row, and parts where a row does", async () => {
  const [plain] = await answersOf({ ...causalRequest(), examples: [examples[0]!], ends: [] });
  const accepted: number[] = [];
  const never: LogitsProcessor = {
    name: "never-first",
    create: ({ prompt, index, sample }) => {
      expect([prompt.length > 0, index, sample]).toEqual([true, 0, 0]);
      const row = {
        apply(logits: Float32Array) {
          logits[plain!.ids[0]!] = Number.NEGATIVE_INFINITY;
        },
        accept: (id: number) => void accepted.push(id),
        fork: () => row,
      };
      return row;
    },
  };
  const [changed] = await answersOf({ ...causalRequest(), examples: [examples[0]!], ends: [], processors: [never] });
  expect(changed!.ids).not.toContain(plain!.ids[0]);
  // After the last token nothing is predicted.
  expect(accepted).toEqual(changed!.ids.slice(0, -1));
});

test("wrong numbers, and stop strings without a text to find them in, are refused", async () => {
  const asked = (more: Partial<GenerateOptions>) => generate({ ...causalRequest(), ...more }).next();
  await expect(asked({ maximumTokens: [1, 2] })).rejects.toThrow("one for each example, got 2 for 3 examples");
  await expect(asked({ maximumTokens: 0 })).rejects.toThrow("maximumTokens is a positive integer, got 0");
  await expect(asked({ samples: 0 })).rejects.toThrow("samples is a positive integer, got 0");
  await expect(asked({ stop: [stopStrings({ strings: ["a"] })] })).rejects.toThrow("needs decodeText");
});

test("an answer is spelled as what follows its prompt, with the space before its first word", () => {
  const words = ["a", "b", "c", "d"];
  const decode = (ids: readonly number[]): string => ids.map((id) => words[id]).join(" ");
  expect(behindPrompt(decode)([2, 3], [0, 1])).toBe(" c d");
  expect(behindPrompt(decode)([2, 3], [])).toBe("c d");
});

test("ids that a model has beyond its tokenizer's are never chosen", async () => {
  const model = createModel({ architecture: causal, config: smallConfig, attention: reference() });
  const parameters = model.createParameters(createRandom(3));
  const tokenizer = { ...createSharedPair(createByteTokenizer()), size: 9 };
  const request = { model, parameters, objective: causalLm(), special, examples, maximumTokens: 6, ends: [] };
  const all = (await answersOf({ ...request, strategy: sample() })).flatMap(({ ids }) => ids);
  expect(Math.max(...all)).toBeGreaterThan(8);
  const within = (await answersOf({ ...request, tokenizer, strategy: sample() })).flatMap(({ ids }) => ids);
  expect(Math.max(...within)).toBeLessThan(9);
});

test("a first and a last token are forced, under a beam too", async () => {
  const model = createModel({ architecture: causal, config: smallConfig, attention: reference() });
  const parameters = model.createParameters(createRandom(4));
  const processors = [forcedTokens({ first: 7, last: 9, tokens: 4 })];
  const request = {
    model,
    parameters,
    objective: causalLm(),
    special,
    examples,
    maximumTokens: 4,
    ends: [],
    processors,
  };
  for (const strategy of [sample(), lengthBeam({ beam: 3 })]) {
    for (const { ids } of await answersOf({ ...request, strategy })) expect([ids[0], ids[3]]).toEqual([7, 9]);
  }
});
