import { blobFiles, type Files } from "@trivium/checkpoint";
import { sentencePieceFile } from "@trivium/text/testing";
import { describe, expect, test } from "vitest";
import { readTokenizer } from "./index.ts";

const filesOf = (contents: Readonly<Record<string, string | Uint8Array>>): Files =>
  blobFiles(
    "x",
    Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, new Blob([content as BlobPart])])),
  );

const letters = Object.fromEntries([..."abcdefgĠ"].map((letter, id) => [letter, id + 3]));
const vocab = { "<s>": 0, "</s>": 1, "<unk>": 2, ...letters, ab: 11 };
const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const special = Object.entries(vocab)
  .slice(0, 3)
  .map(([content, id]) => ({ id, content, special: true }));
const definition = {
  added_tokens: special,
  normalizer: null,
  pre_tokenizer: bytes,
  decoder: bytes,
  post_processor: { type: "RobertaProcessing", cls: ["<s>", 0], sep: ["</s>", 1] },
  model: { type: "BPE", vocab, merges: ["a b"], unk_token: "<unk>" },
};
const causal = { model_type: "gpt2", bos_token_id: 0, eos_token_id: [1], pad_token_id: 1 };
const pair = {
  model_type: "bart",
  is_encoder_decoder: true,
  bos_token_id: 0,
  eos_token_id: 1,
  decoder_start_token_id: 1,
};

test("tokenizer.json: ids, what stands around a text, and special tokens", async () => {
  const files = filesOf({ "tokenizer.json": JSON.stringify(definition) });
  const { tokenizer, warnings } = await readTokenizer(files, { foreign: causal, vocabulary: 16 });
  expect([tokenizer.encodeTarget("ab cab"), tokenizer.size, warnings]).toEqual([[11, 10, 5, 11], 12, []]);
  expect(tokenizer.special).toMatchObject({ end: [1], pad: 1, unknown: 2, named: { begin: 0 } });
  expect(tokenizer.special.frame).toEqual({ joined: { before: [0], between: [], after: [1] } });
});

test("a pair of streams: the decoder's start, and a first token that is forced", async () => {
  const files = filesOf({ "tokenizer.json": JSON.stringify(definition) });
  const { tokenizer } = await readTokenizer(files, { foreign: { ...pair, forced_bos_token_id: 0 }, vocabulary: 12 });
  expect(tokenizer.special.frame).toEqual({
    source: { before: [0], after: [1] },
    target: { start: 1, before: [0], after: [1] },
  });
});

test.each([
  [
    {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>" } }, { Sequence: { id: "A" } }],
      special_tokens: { "<s>": { ids: [0] } },
    },
    [0],
    [],
  ],
  [{ type: "Sequence", processors: [bytes, { type: "BertProcessing", cls: ["<s>", 0], sep: ["</s>", 1] }] }, [0], [1]],
  [bytes, [], []],
  [null, [], []],
])("what a post-processor puts around a text: %j", async (post_processor, before, after) => {
  const files = filesOf({ "tokenizer.json": JSON.stringify({ ...definition, post_processor }) });
  const { tokenizer } = await readTokenizer(files, { foreign: pair, vocabulary: 12 });
  expect(tokenizer.special.frame.source).toEqual({ before, after });
});

test("vocab.json with merges.txt is read as GPT-2's", async () => {
  const files = filesOf({ "vocab.json": JSON.stringify(vocab), "merges.txt": "#version: 0.2\na b\n" });
  const { tokenizer } = await readTokenizer(files, { foreign: causal, vocabulary: 12 });
  expect([tokenizer.encodeTarget("ab cab"), tokenizer.decodeTarget([11, 10, 5, 11])]).toEqual([
    [11, 10, 5, 11],
    "ab cab",
  ]);
  expect(tokenizer.special.frame.joined?.before).toEqual([]);
});

test("spiece.model of T5 has a hundred sentinels behind its tokens", async () => {
  const pieces = ["<pad>", "</s>", "<unk>", "▁a", "b"].map((text, id) => ({
    text,
    score: -id,
    kind: [3, 3, 2, 1, 1][id] as number,
  }));
  const files = filesOf({ "spiece.model": sentencePieceFile({ pieces, kind: 1 }) });
  const foreign = {
    model_type: "t5",
    is_encoder_decoder: true,
    eos_token_id: 1,
    pad_token_id: 0,
    decoder_start_token_id: 0,
  };
  const { tokenizer } = await readTokenizer(files, { foreign, vocabulary: 128 });
  expect([tokenizer.encodeSource("ab"), tokenizer.size]).toEqual([[3, 4], 105]);
  expect(tokenizer.special.sentinels?.slice(0, 2)).toEqual([104, 103]);
  expect(tokenizer.special.frame).toEqual({
    source: { before: [], after: [1] },
    target: { start: 0, before: [], after: [1] },
  });
});

test("a folder without a tokenizer has ids for text, and says so", async () => {
  const { tokenizer, warnings } = await readTokenizer(filesOf({ "vocab.json": "[]" }), {
    foreign: causal,
    vocabulary: 5,
  });
  expect(tokenizer.encodeTarget("4 2")).toEqual([4, 2]);
  expect(warnings).toEqual([
    expect.stringMatching(/^x has no tokenizer that can be read: .* special tokens too; .* has one$/),
  ]);
});

describe("a tokenizer is refused", () => {
  test.each([
    ["that is not JSON", { "tokenizer.json": "{" }, "config", /not JSON/],
    ["that is no definition", { "tokenizer.json": "{}" }, "tokenizer", /tokenizer.json: .*model/],
    [
      "that has more ids than the model",
      { "tokenizer.json": JSON.stringify(definition) },
      "vocabulary",
      /has 12 ids and the model 11/,
    ],
    ["that is cut off", { "spiece.model": Uint8Array.of(10, 100) }, "tokenizer", /cut off/],
  ])("%s", async (_, contents, code, message) => {
    const reading = readTokenizer(filesOf(contents as Record<string, string>), { foreign: causal, vocabulary: 11 });
    await expect(reading).rejects.toMatchObject({ name: "CheckpointError", code: `pretrained/${code}` });
    await expect(reading).rejects.toThrow(message);
  });
});
