import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { type Architecture, createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree } from "@trivium/tensor";
import {
  createByteTokenizer,
  createCharacterTokenizer,
  createDisjointPair,
  createSharedPair,
  createSymbolTokenizer,
  type PairTokenizer,
} from "@trivium/text";
import { consume } from "@trivium/trainer";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { encodeHeldOut } from "./encode-held-out.ts";
import { evaluate } from "./evaluate.ts";
import { textSize } from "./target-sizes.ts";

beforeAll(() => simd.activate());

const roads: readonly (readonly [Architecture, Objective])[] = [
  [causal, causalLm()],
  [prefix, prefixLm()],
  [encoderDecoder, seq2seq()],
];

interface Scoring {
  readonly road: readonly [Architecture, Objective];
  readonly tokenizer: PairTokenizer;
  readonly length: number;
}

async function scored(examples: readonly TextExample[], { road, tokenizer, length }: Scoring) {
  const [architecture, objective] = road;
  const config = { width: 8, layers: 1, heads: 2, vocabulary: tokenizer.size, length };
  const model = createModel({ architecture, config, attention: reference() });
  const parameters = model.createParameters(createRandom(1));
  const heldOut = encodeHeldOut(examples, tokenizer, length);
  const scoring = { model, parameters, objective, special: tokenizer.special, tokenizer, heldOut, decoded: 0 };
  const evaluation = await consume(evaluate({ ...scoring, decodeTarget: tokenizer.decodeTarget }));
  disposeTree(parameters);
  return evaluation;
}

const bytes = createSharedPair(createByteTokenizer());
const texts = [
  ["emoji", "😀🎉👩‍👩‍👧".repeat(4), 8],
  ["CJK", "日本語の文章をここに".repeat(3), 16],
  ["combining marks", "e\u0301a\u0308".repeat(9), 5],
] as const;

test.each(
  texts.flatMap(([name, text, length]) =>
    roads.map((road) => [`${name}, ${road[0].name}`, text, length, road] as const),
  ),
)("bits per byte of a byte tokenizer are nats ÷ ln 2: %s", async (_, text, length, road) => {
  const how = { road, tokenizer: bytes, length };
  const { targetLoss, targetTokens, bitsPerByte } = await scored([{ text, continues: true }], how);
  expect(bitsPerByte).toBeCloseTo(targetLoss / Math.LN2, 10);
  // The end of a whole document is predicted, and is no byte.
  const ended = await scored([{ text }], how);
  expect(ended.targetTokens).toBe(targetTokens + 1);
  expect(ended.bitsPerByte * targetTokens).toBeCloseTo((ended.targetLoss * ended.targetTokens) / Math.LN2, 8);
});

test("bits per character and byte are of the original target, whatever the vocabulary lacks", async () => {
  const ab = createSharedPair(createCharacterTokenizer({ alphabet: ["a", "b"] }));
  for (const target of ["wholly different, 43 characters — that is it", "é🎉é", "ab"]) {
    const evaluation = await scored([{ source: "a", target }], { road: roads[1]!, tokenizer: ab, length: 64 });
    const nats = evaluation.targetLoss * evaluation.targetTokens;
    const size = textSize(target);
    expect(evaluation.bitsPerCharacter).toBeCloseTo(nats / Math.LN2 / size.characters, 10);
    expect(evaluation.bitsPerByte).toBeCloseTo(nats / Math.LN2 / size.bytes, 10);
  }
});

test("whatever the text and its windows, every character and every byte is counted once", () => {
  const source = createByteTokenizer();
  const pairs = (text: string) => [
    bytes,
    createSharedPair(createCharacterTokenizer({ alphabet: ["a"] })),
    createSharedPair(createSymbolTokenizer({ alphabet: ["a"] })),
    createDisjointPair({ source, target: createCharacterTokenizer({ corpus: [text] }) }),
  ];
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), fc.integer({ min: 2, max: 9 }), (text, length) => {
      for (const tokenizer of pairs(text)) {
        if (tokenizer.encodeTarget(text).length === 0) continue;
        const [first, ...others] = encodeHeldOut([{ text }], tokenizer, length).map(({ sizes }) => sizes!);
        for (const unit of ["characters", "bytes"] as const) {
          // A window begins with the last token of the one before.
          const counted = [...first![unit], ...others.flatMap((sizes) => sizes[unit].slice(1))];
          expect(counted.reduce((sum, count) => sum + count, 0)).toBe(textSize(text)[unit]);
        }
      }
    }),
  );
});
