import { encodeExamples } from "@trivium/data";
import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample } from "@trivium/features";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { expect, test } from "vitest";
import { mobyDick } from "./moby-dick.ts";
import { stateOfTheUnion } from "./state-of-the-union.ts";
import { textDataset } from "./text-dataset.ts";

describeDataset("moby-dick", () => mobyDick());
describeDataset("state-of-the-union", () => stateOfTheUnion());

const texts = (part: readonly TextExample[]) => part.map((example) => (isTextPair(example) ? "" : example.text));

test("Moby-Dick has all chapters once and no table of contents; whole chapters are held out", async () => {
  const { train, validation, test: held } = await mobyDick();
  expect([train.length, validation.length, held.length]).toEqual([124, 7, 7]);
  const all = texts([...train, ...validation, ...held]);
  const numbers = all.flatMap((text) => /^CHAPTER (\d+)\./.exec(text)?.[1] ?? []).map(Number);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 135 }, (_, at) => at + 1));
  expect(all.filter((text) => /CHAPTER 1\..*CHAPTER 2\./s.test(text))).toEqual([]);
});

test("the State of the Union has 233 speeches, and shares of them are held out", async () => {
  const { train, validation, test: held } = await stateOfTheUnion({ validation: 0, test: 0.1 });
  expect([train.length, validation.length, held.length]).toEqual([210, 0, 23]);
});

test("its texts are cut into windows for a model", async () => {
  const { test: held } = await mobyDick();
  const bytes = texts(held).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const windows = encodeExamples(held, createSharedPair(createByteTokenizer()), { length: 128 });
  const predicted = windows.reduce((sum, example) => sum + ("tokens" in example ? example.tokens.length - 1 : 0), 0);
  expect(predicted).toBe(bytes - held.length);
});

test("its texts are one stream, as the claims were measured, and end if asked", async () => {
  const book = await mobyDick();
  expect(book.fingerprint).toBe("630161e25989d63d7b59ea75bbaccbb3488bcd2bf608acee639be53420ae2003");
  const ended = await mobyDick({ ends: true });
  expect(ended.fingerprint).not.toBe(book.fingerprint);
  const bytes = createSharedPair(createByteTokenizer());
  const ends = ({ test: held }: typeof book) =>
    encodeExamples(held, bytes, { length: 128 }).filter((example) => "ends" in example).length;
  expect([ends(book), ends(ended)]).toEqual([0, 7]);
});

test("a package that is not there is named with the remedy, a share that is none with its field", async () => {
  await expect(textDataset({ name: "x", packageName: "@stdlib/datasets-none" }, {})).rejects.toMatchObject({
    code: "tasks/package",
    message: expect.stringMatching(/; install @stdlib\/datasets-none$/),
  });
  await expect(mobyDick({ test: 2 })).rejects.toThrow("dataset moby-dick: test: ");
});
