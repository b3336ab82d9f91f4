import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import { afterAll, expect, test } from "vitest";
import { fileDataset } from "./file-dataset.ts";
import { fitPairTokenizer } from "./fit-pair-tokenizer.ts";
import { datasetPlugins } from "./node.ts";
import { describeDataset } from "./testing.ts";

const folder = await mkdtemp(join(tmpdir(), "trivium-file-"));
afterAll(() => rm(folder, { recursive: true }));
const file = async (name: string, content: string) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const tsv = await file("pairs.tsv", Array.from({ length: 100 }, (_, at) => `s${at % 80}\tt${at}\n`).join(""));
const txt = await file(
  "text.txt",
  "To be, or not to be: that is the question.\n".repeat(2) + [..."abcdefgh"].join("\n"),
);

describeDataset("pairs.tsv", () => fileDataset({ path: tsv }));
describeDataset("text.txt", () => fileDataset({ path: txt }));

test("shares of the sources are held out, at least one where any is asked for, none where none is", async () => {
  const counts = async (options: object) => {
    const { train, validation, test: held } = await fileDataset({ path: tsv, ...options });
    return [train, validation, held].map((part) => part.length);
  };
  expect(await counts({})).toEqual([72, 4, 4]);
  expect(await counts({ validation: 0.001, test: 0 })).toEqual([79, 1, 0]);
  expect(await counts({ validation: 0, test: 0.5 })).toEqual([40, 0, 40]);
});

test("repeated sources have references", async () => {
  const { train, validation, test: held } = await fileDataset({ path: tsv });
  const found = [...train, ...validation, ...held].find((example) => "source" in example && example.source === "s3");
  expect(found).toEqual({ source: "s3", target: "t3", references: ["t3", "t83"] });
});

test("the fingerprint changes with a single letter", async () => {
  const one = await fileDataset({ path: await file("one.tsv", "a\tx\nb\ty\nc\tz\n") });
  const other = await fileDataset({ path: await file("other.tsv", "a\tx\nb\ty\nc\tZ\n") });
  expect(one.fingerprint).not.toBe(other.fingerprint);
});

test("a file with too little to hold out and wrong options are refused", async () => {
  const tiny = await file("tiny.tsv", "a\tb\n");
  await expect(fileDataset({ path: tiny })).rejects.toMatchObject({
    code: "data/too-few",
    message: expect.stringMatching(/tiny\.tsv: 1 different sources are too few .*; add data or hold out nothing/),
  });
  await expect(fileDataset({ path: tsv, test: 1.5 })).rejects.toThrow(/file dataset: test: /);
  await expect(fileDataset({ path: tsv, test: 0.5, validation: 0.5 })).rejects.toThrow("leave something to train on");
  await expect(fileDataset({ path: tsv, tset: 0.5 } as never)).rejects.toThrow("tset");
});

test("the registry makes datasets by name", async () => {
  const { name } = await createRegistry(datasetPlugins).create("dataset", "file", { path: tsv });
  expect(name).toBe("pairs.tsv");
});

test("a tokenizer learns its vocabulary from the training part alone", async () => {
  const registry = createRegistry(tokenizerPlugins);
  const create = (json: { name: string }) => registry.create("tokenizer", json.name, json);
  const train = [{ source: "ab", target: "X Y" }, { text: "Z" }];
  const disjoint = { name: "disjoint", source: { name: "character" }, target: { name: "symbol" } } as const;
  const pair = fitPairTokenizer({ train, tokenizer: disjoint }, create);
  expect(pair.toJson()).toEqual({
    name: "disjoint",
    source: { name: "character", alphabet: ["a", "b"] },
    target: { name: "symbol", alphabet: ["X", "Y", "Z"] },
  });
  const shared = fitPairTokenizer({ train, tokenizer: { name: "shared", tokenizer: { name: "character" } } }, create);
  expect(shared.toJson()).toMatchObject({ tokenizer: { alphabet: [" ", "X", "Y", "Z", "a", "b"] } });
  expect(fitPairTokenizer({ train: [], tokenizer: pair.toJson() }, create).toJson()).toEqual(pair.toJson());
});
