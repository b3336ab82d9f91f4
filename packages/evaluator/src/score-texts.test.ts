import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, prefixLm, seq2seq } from "@trivium/objectives";
import { createCharacterTokenizer, createSharedPair } from "@trivium/text";
import { beforeAll, expect, test } from "vitest";
import { scoreContinuations, scoreTexts, type TextScore } from "./index.ts";

beforeAll(() => simd.activate());

const tokenizer = createSharedPair(createCharacterTokenizer({ corpus: ["abcdefgh"] }));
const { special, size: vocabulary } = tokenizer;
const config = { vocabulary, length: 12, width: 8, layers: 2, heads: 2 };

function partsOf(
  architecture: typeof causal | typeof prefix | typeof encoderDecoder,
  objective: ReturnType<typeof causalLm> | ReturnType<typeof seq2seq>,
) {
  const model = createModel({ architecture, config, attention: reference() });
  return { model, objective, parameters: model.createParameters(createRandom(2)), tokenizer };
}

async function scored(parts: ReturnType<typeof partsOf>, texts: readonly TextExample[]): Promise<TextScore[]> {
  const scores: TextScore[] = [];
  for await (const score of scoreTexts({ ...parts, texts })) scores.push(score);
  return scores;
}

test.each([
  ["causal", partsOf(causal, causalLm())],
  ["prefix", partsOf(prefix, prefixLm())],
  ["encoder-decoder", partsOf(encoderDecoder, seq2seq())],
])("a target behind its source is scored with its end: %s", async (_, parts) => {
  const pairs = [
    { source: "abc", target: "de" },
    { source: "h", target: "" },
  ];
  const scores = await scored(parts, pairs);
  for (const [index, { source, target }] of pairs.entries()) {
    const continuations = [tokenizer.encodeTarget(target)];
    const context = { source: tokenizer.encodeSource(source) };
    const [one] = scoreContinuations({ ...parts, special, context, continuations });
    expect(scores[index]?.nats).toBeCloseTo(one!.nats, 5);
    expect(scores[index]).toMatchObject({ index, tokens: target.length + 1, characters: target.length });
  }
  const long = [{ source: "abcdefgh", target: "abcdefghabcdef" }];
  await expect(scored(parts, long)).rejects.toThrow(
    /^text 1: it takes \d+ positions and the model has 12; shorten it$/,
  );
});

test("a text is scored behind its first token, in windows where it is longer than the model", async () => {
  const parts = partsOf(causal, causalLm());
  const text = "abcdefghhgfedcbaabcd";
  const ids = tokenizer.encodeTarget(text);
  const [score] = await scored(parts, [{ text }]);
  const continued = (from: number, to: number) =>
    scoreContinuations({
      ...parts,
      special,
      context: { tokens: ids.slice(from - 1, from) },
      continuations: [ids.slice(from, to)],
    })[0]!.nats;
  expect(score?.nats).toBeCloseTo(continued(1, 13) + continued(13, 20), 4);
  expect(score).toMatchObject({ tokens: 19, characters: 19, bytes: 19 });
});

test("many texts come in their order", async () => {
  const parts = partsOf(causal, causalLm());
  const texts = Array.from({ length: 70 }, (_, at) => ({ text: "abcdefgh".slice(0, 2 + (at % 6)) }));
  const scores = await scored(parts, texts);
  expect(scores.map(({ index }) => index)).toEqual([...texts.keys()]);
  expect(scores.map(({ tokens }) => tokens)).toEqual(texts.map(({ text }) => text.length - 1));
});

test("what cannot be scored is refused with its number", async () => {
  await expect(scored(partsOf(causal, causalLm()), [{ text: "ab" }, { text: "a" }])).rejects.toThrow(
    /^text 2: it has no/,
  );
  const pair = partsOf(encoderDecoder, seq2seq());
  await expect(scored(pair, [{ text: "ab" }])).rejects.toThrow(/^text 1: an encoder-decoder scores targets/);
});
