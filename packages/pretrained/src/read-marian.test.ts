import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blobFiles } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { createHuggingFaceTokenizer, pairTokenizerFromJson } from "@trivium/text";
import { expect, test } from "vitest";
import { readTokenizer } from "./index.ts";

const folder = join(import.meta.dirname, "../tokenizers/fixtures/marian");
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
  size: number;
  cases: { text: string; source: number[]; target: number[]; decoded: string }[];
};
const foreign = {
  model_type: "marian",
  is_encoder_decoder: true,
  eos_token_id: 0,
  pad_token_id: expected.size - 1,
  decoder_start_token_id: expected.size - 1,
};
const vocabulary = expected.size;

test("source.spm and target.spm with vocab.json give the ids and texts of MarianTokenizer", async () => {
  const { tokenizer, warnings } = await readTokenizer(folderFiles(folder), { foreign, vocabulary });
  expect([tokenizer.name, tokenizer.size, warnings]).toEqual(["common", vocabulary, []]);
  const { source, target } = tokenizer.special.frame;
  expect([source, target]).toEqual([
    { before: [], after: [0] },
    { start: vocabulary - 1, before: [], after: [0] },
  ]);
  const again = pairTokenizerFromJson(JSON.parse(JSON.stringify(tokenizer.toJson())), (json) =>
    createHuggingFaceTokenizer(json as never),
  );
  for (const one of expected.cases) {
    expect([...tokenizer.encodeSource(one.text), 0], one.text).toEqual(one.source);
    expect([...tokenizer.encodeTarget(one.text), 0], one.text).toEqual(one.target);
    expect(tokenizer.decodeTarget(one.target).replaceAll("\uFFFD", "").trim(), one.text).toBe(one.decoded);
    expect(again.encodeTarget(one.text)).toEqual(tokenizer.encodeTarget(one.text));
  }
});

test("special strings of a text stay text, and words of the other language are spelled", async () => {
  const { tokenizer } = await readTokenizer(folderFiles(folder), { foreign, vocabulary });
  const ids = tokenizer.encodeSource("</s> <pad>");
  expect(ids).not.toContain(0);
  expect(ids).not.toContain(vocabulary - 1);
  const german = tokenizer.encodeTarget("Katze");
  expect(tokenizer.decodeSource(german)).toBe("Katze");
});

const filesOf = (change: Readonly<Record<string, string | undefined>>) => {
  const names = ["source.spm", "target.spm", "vocab.json"];
  const own = names.map((name): [string, Blob] => [name, new Blob([readFileSync(join(folder, name))])]);
  const blobs: Record<string, Blob> = Object.fromEntries(own);
  for (const [name, text] of Object.entries(change)) {
    if (text === undefined) delete blobs[name];
    else blobs[name] = new Blob([text]);
  }
  return blobFiles("x", blobs);
};

test.each([
  [{ "target.spm": undefined }, "pretrained/tokenizer", /^x\/source\.spm: .* there is no target\.spm; download/],
  [{ "vocab.json": undefined, "target.spm": undefined }, "pretrained/tokenizer", /no target\.spm and no vocab\.json/],
  [{ "vocab.json": '{"a": -1}' }, "pretrained/tokenizer", /^x\/vocab\.json: "a" is -1, and ids are whole numbers/],
  [{ "vocab.json": '{"a": "b"}' }, "pretrained/tokenizer", /"a" is "b", and ids are whole numbers/],
  [{ "vocab.json": '{"a": 4000000000}' }, "pretrained/vocabulary", /"a" is 4000000000, and the model has/],
  [{ "vocab.json": "[]" }, "pretrained/config", /expected an object of attributes, got \[\]; /],
  [{ "source.spm": "\u0001" }, "pretrained/tokenizer", /^x\/source\.spm: SentencePiece model: /],
])("%j is refused: %s", async (change, code, message) => {
  const reading = readTokenizer(filesOf(change), { foreign, vocabulary });
  await expect(reading).rejects.toMatchObject({
    name: "CheckpointError",
    code,
    message: expect.stringMatching(message),
  });
});
