import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createBatchSource, encodeExamples } from "@trivium/data";
import { generate } from "@trivium/generate";
import { type Architecture, createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree, tf } from "@trivium/tensor";
import { createDisjointPair, createSharedPair, type PairTokenizer } from "@trivium/text";
import { bartLike, gpt2Like, t5Like } from "@trivium/text/testing";
import { adamW, constant, consume, train } from "@trivium/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeHeldOut } from "./encode-held-out.ts";
import { evaluate } from "./evaluate.ts";
import { scoreContinuations } from "./score-continuations.ts";

beforeAll(async () => void (await simd.activate()));

const letters = "abcd";
/** Each letter has the next one for its target. */
const pairs = [...letters].map((source, at) => ({ source, target: letters[(at + 1) % letters.length] as string }));

/** The last id ends in GPT-2's, sentinels count down from the last in T5's, and the mask is the last in BART's. */
const small: readonly PairTokenizer[] = [
  createSharedPair(gpt2Like(letters, { size: 8 })),
  createSharedPair(t5Like(letters, { size: 12 })),
  createSharedPair(bartLike(letters, { size: 12 })),
  createDisjointPair({ source: gpt2Like(letters, { size: 8 }), target: t5Like(letters, { size: 12 }) }),
];
const whole: readonly PairTokenizer[] = [gpt2Like, t5Like, bartLike].map((like) => createSharedPair(like(letters)));
const nameOf = ({ toJson }: PairTokenizer) =>
  JSON.stringify(toJson())
    .match(/gpt-2|t5|bart/g)
    ?.join(" to ");

const roads: readonly (readonly [Architecture, Objective])[] = [
  [causal, causalLm({ loss: "target" })],
  [prefix, prefixLm()],
  [encoderDecoder, seq2seq()],
];
const cases = (tokenizers: readonly PairTokenizer[]) =>
  tokenizers.flatMap((tokenizer) =>
    roads.map(([architecture, objective]) => ({
      tokenizer,
      architecture,
      objective,
      name: `${nameOf(tokenizer)}, ${architecture.name}`,
    })),
  );

interface Case {
  readonly tokenizer: PairTokenizer;
  readonly architecture: Architecture;
  readonly objective: Objective;
}

const createSmall = ({ tokenizer, architecture }: Case, width: number) =>
  createModel({
    architecture,
    config: { vocabulary: tokenizer.size, length: 8, width, layers: 1, heads: 2 },
    attention: reference(),
  });

describe("special tokens of other vocabularies", () => {
  test.each(cases(small))("$name: trains, scores and decodes to its own end", async (given) => {
    const { tokenizer, objective } = given;
    const { special } = tokenizer;
    const model = createSmall(given, 16);
    const examples = encodeExamples(pairs, tokenizer);
    const { parameters } = await consume(
      train({
        task: languageTask({ model, objective }),
        batches: createBatchSource({ examples, special, objective, batchSize: 4, seed: 1 }),
        optimizer: adamW(),
        schedule: constant({ rate: 0.01 }),
        steps: 120,
        clipNorm: 1,
        seed: 1,
      }),
    );
    const heldOut = encodeHeldOut(pairs, tokenizer, 8);
    const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
    const scored = { model, parameters, objective, special, decodeTarget };
    const { targetLoss, wer, targetTokens } = await consume(evaluate({ ...scored, heldOut, maximumTokens: 3 }));
    expect(targetLoss).toBeLessThan(0.1);
    expect(wer).toBe(0);
    expect(targetTokens).toBe(2 * pairs.length);
    const [first] = scoreContinuations({
      ...scored,
      context: { source: tokenizer.encodeSource("a") },
      continuations: [tokenizer.encodeTarget("b")],
    });
    expect(first?.tokens).toBe(2);
    expect(first?.nats).toBeLessThan(1);
    disposeTree(parameters);
  });

  test.each(cases(whole))("$name, true ids: a step and a decoding of the whole vocabulary", async (given) => {
    const { tokenizer, objective } = given;
    const { special } = tokenizer;
    const model = createSmall(given, 4);
    const examples = encodeExamples(pairs.slice(0, 2), tokenizer);
    const batches = createBatchSource({ examples, special, objective, batchSize: 2, seed: 1 });
    const parameters = model.createParameters(createRandom(1));
    const task = languageTask({ model, objective });
    const [batch] = batches.batches(0);
    const loss = tf.tidy(() => {
      const { sum, tokens } = task.loss(parameters, batch as NonNullable<typeof batch>);
      return (sum.dataSync()[0] as number) / tokens;
    });
    expect(loss).toBeCloseTo(Math.log(tokenizer.size), -1);
    const request = { model, parameters, objective, special, examples, maximumTokens: 2 };
    let decoded = 0;
    for await (const event of generate(request)) {
      if (event.type === "finished") decoded += 1;
    }
    expect(decoded).toBe(2);
    disposeTree(parameters);
  });
});
