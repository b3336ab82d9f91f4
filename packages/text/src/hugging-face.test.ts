import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHuggingFaceTokenizer, createIdTokenizer, readSentencePiece, sentencePieceDefinition } from "./index.ts";
import { sentencePieceFile } from "./testing/sentence-piece-file.ts";
import { describeTokenizer } from "./testing.ts";

const special = { end: [1], pad: 0, unknown: 2, named: {}, frame: {} };
const letters = ["h", "e", "l", "o", "▁", "!", "a", "<", "/", "s", ">", "k", "u", "n"];
const pieces = [
  { text: "<pad>", score: 0, kind: 3 },
  { text: "</s>", score: 0, kind: 3 },
  { text: "<unk>", score: 0, kind: 2 },
  { text: "▁hello", score: -1, kind: 1 },
  { text: "lo", score: -2, kind: 1 },
  ...letters.map((text) => ({ text, score: -5, kind: 1 })),
];
const withBytes = [
  ...pieces.filter(({ text }) => text !== "▁hello"),
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    score: 0,
    kind: 6,
  })),
];
const definitionOf = (...[file]: Parameters<typeof sentencePieceFile>) =>
  sentencePieceDefinition(readSentencePiece(sentencePieceFile(file)));
const definitions = {
  unigram: definitionOf({ pieces, kind: 1 }),
  bpe: definitionOf({ pieces: withBytes, kind: 2, singleSpaces: false }),
};
const unigram = createHuggingFaceTokenizer({ definition: definitions.unigram, special });
const bpe = createHuggingFaceTokenizer({ definition: definitions.bpe, special });

for (const [name, tokenizer, lossless] of [
  ["a Unigram model", unigram, ["hello hello", "a! hello", "</s>", "<unk> <s"]],
  ["a BPE model", bpe, ["hello", " a  lo", "é 東京 🙂", "</s> a", "<unk>"]],
] as const) {
  const fromJson = (json: object) =>
    createHuggingFaceTokenizer(json as Parameters<typeof createHuggingFaceTokenizer>[0]);
  describeTokenizer(name, { tokenizer, fromJson, lossless });
}

describeTokenizer("ids", {
  tokenizer: createIdTokenizer({ size: 40, special: { end: [1], pad: 0, named: {}, frame: {} } }),
  fromJson: (json) => createIdTokenizer(json as unknown as Parameters<typeof createIdTokenizer>[0]),
  lossless: ["5 6 39", "7"],
});

test("the special strings of a vocabulary stay text in a user's text", () => {
  expect(unigram.encode("</s>").includes(1)).toBe(false);
  expect(bpe.encode("a<unk></s>").some((id) => id < 3)).toBe(false);
});

test("special tokens stand between texts, in which their strings stay text", () => {
  expect(bpe.encodeParts?.([1, "</s>", 0, "lo", 2])).toEqual([1, ...bpe.encode("</s>"), 0, ...bpe.encode("lo"), 2]);
  expect(bpe.encodeParts?.([1, "\u{F0000}0\u{F0001}"])).not.toContain(0);
  // A space before the first word belongs to the beginning of the whole.
  const first = { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true };
  const definition = { ...definitions.unigram, normalizer: null, pre_tokenizer: first };
  const tokenizer = createHuggingFaceTokenizer({ definition, special });
  expect(tokenizer.encodeParts?.(["hello", 1, "lo"])).toEqual([3, 1, 4]);
});

test("a text goes on behind an unknown token with its spaces", () => {
  expect(unigram.decode(unigram.encode("hello é hello"))).toBe("hello \uFFFD hello");
});

test("several spaces are one where the model says so, whatever its tokens are", () => {
  for (const [kind, own] of [
    [1, pieces],
    [2, withBytes],
  ] as const) {
    const tokenizer = createHuggingFaceTokenizer({ definition: definitionOf({ pieces: own, kind }), special });
    expect(tokenizer.encode("  lo   a ")).toEqual(tokenizer.encode("lo a"));
  }
  expect(bpe.encode("  lo   a ")).not.toEqual(bpe.encode("lo a"));
});

test("the best tokens win: one for a word that the vocabulary has", () => {
  expect(unigram.encode("hello")).toEqual([3]);
  expect(bpe.encode("lo").length).toBe(2);
});

test("ids are what a text of ids must be", () => {
  const tokenizer = createIdTokenizer({ size: 9, special });
  for (const text of ["9", "-1", "x", "1.5"]) expect(() => tokenizer.encode(text)).toThrow(/ids from 0 to 8/);
});

test.each([
  ["is no object of a model", { model: 3 }, /model: /],
  ["has a vocabulary of texts", { model: { vocab: { a: "b" } } }, /model.vocab/],
  ["is of another kind", { model: { type: "Morse", vocab: { a: 0 } } }, /model.type/],
  [
    "has a part that the library lacks",
    { normalizer: { type: "x" }, model: { type: "BPE", vocab: { a: 0 }, merges: [] } },
    /does not read/,
  ],
])("a definition that %s is refused", (_, definition, message) => {
  expect(() => createHuggingFaceTokenizer({ definition: definition as never, special })).toThrow(message);
});

describe("a SentencePiece model", () => {
  const whole = sentencePieceFile({ pieces, kind: 1 });

  test("that is cut off, or something else, is refused in words", () => {
    for (let length = 1; length < whole.length - 8; length += 7) {
      try {
        readSentencePiece(whole.subarray(0, length));
      } catch (error) {
        expect(error).toMatchObject({ name: "ConfigError", code: "text/sentence-piece" });
      }
    }
    expect(() => readSentencePiece(new Uint8Array())).toThrow(/no tokens/);
    expect(() => readSentencePiece(new TextEncoder().encode("{}"))).toThrow(/SentencePiece model/);
    expect(() => readSentencePiece(sentencePieceFile({ pieces, kind: 4 }))).toThrow(/words or characters/);
  });

  test("has its tokens in order, with scores and kinds", () => {
    const { pieces: read } = readSentencePiece(whole);
    expect(read.slice(1, 4)).toEqual([
      { text: "</s>", score: 0, kind: "control" },
      { text: "<unk>", score: 0, kind: "unknown" },
      { text: "▁hello", score: -1, kind: "normal" },
    ]);
  });
});

const folder = process.env.TRIVIUM_CHECKPOINTS ? join(process.env.TRIVIUM_CHECKPOINTS, "tokenizers") : "";
const missing = existsSync(folder) ? "" : " (skipped: TRIVIUM_CHECKPOINTS names no folder with tokenizers)";

test.skipIf(missing)(`T5's own model gives the ids of sentencepiece${missing}`, () => {
  const model = readSentencePiece(readFileSync(join(folder, "t5/spiece.model")));
  const tokenizer = createHuggingFaceTokenizer({ definition: sentencePieceDefinition(model), special });
  const { cases } = JSON.parse(readFileSync(join(folder, "t5/expected.json"), "utf8"));
  for (const { text, ids } of cases as { text: string; ids: number[] }[]) expect(tokenizer.encode(text)).toEqual(ids);
});
