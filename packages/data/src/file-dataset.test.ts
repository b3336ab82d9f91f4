import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TextPair } from "@trivium/features";
import { createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import { afterAll, expect, test } from "vitest";
import { fileDataset } from "./file-dataset.ts";
import { fitPairTokenizer } from "./fit-pair-tokenizer.ts";
import { datasetPlugins } from "./node.ts";
import { describeReading } from "./reading.ts";
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

test("eight sources with thirty targets each are said to be so, and all targets are trained on if asked", async () => {
  const lines = Array.from({ length: 240 }, (_, at) => `s${at % 8}\tt${at}\n`);
  const path = await file("repeated.tsv", lines.join(""));
  const first = await fileDataset({ path });
  expect(first.train.length).toBe(6);
  expect(describeReading(first)).toEqual([
    "240 lines → 8 examples (6 to train on) → 240 references",
    "232 pairs repeat earlier sources: a source is trained on with its first target, the others are references; --repeated all trains on each",
  ]);
  const all = await fileDataset({ path, repeated: "all" });
  expect(all.train.length).toBe(180);
  expect(all.test).toEqual(first.test);
  expect(describeReading(all)[1]).toBe("232 pairs repeat earlier sources: each one is trained on");
  expect(all.fingerprint).not.toBe(first.fingerprint);
  const [held] = all.test as readonly TextPair[];
  expect(all.train.some((example) => "source" in example && example.source === held?.source)).toBe(false);
});

test("references of JSON lines are training examples of their own if asked", async () => {
  const path = await file("references.jsonl", '{"source": "a", "target": "x", "references": ["y", "z"]}\n');
  const whole = { path, validation: 0, test: 0 };
  expect((await fileDataset(whole)).train).toEqual([{ source: "a", target: "x", references: ["x", "y", "z"] }]);
  const { train } = await fileDataset({ ...whole, repeated: "all" });
  expect(train).toEqual(["x", "y", "z"].map((target) => ({ source: "a", target })));
});

test("pairs alone, ignored fields, empty lines and doubts about the form are said", async () => {
  const said = async (name: string, content: string) =>
    describeReading(await fileDataset({ path: await file(name, content), validation: 0, test: 0 }));
  const json = '{"source": "a", "target": "b", "id": 1, "text": "c"}\n\n{"source": "c", "target": "d", "tag": 2}\n';
  expect(await said("said.jsonl", json)).toEqual([
    "3 lines → 2 examples (2 to train on) → 2 references",
    "1 empty line passed over",
    "fields passed over: id, text, tag",
  ]);
  expect(await said("plain.tsv", "a\tb\nc\td\n")).toEqual(["2 lines → 2 examples (2 to train on) → 2 references"]);
  expect((await said("header.tsv", "source\ttarget\na\tb\n")).join()).toContain("--source-column source");
  expect((await said("table.txt", "a\tb\nc\td\n")).join()).toContain("table.txt looks like a table of 2 columns");
  for (const between of [",", ";", "|", " | "]) {
    const table = ["a", "b", "c"].map((one) => `${one}${between}x\n`).join("");
    expect((await said("commas.txt", table)).join()).toContain("table of 2 columns and is read as text; separate them");
  }
  expect((await said("verse.txt", "a, b,\nc; d, e,\nf, g,\n")).join()).not.toContain("table");
  expect((await said("json.txt", '{"text": "a"}\n\n{"text": "b"}\n')).join()).toContain("looks like JSON lines");
  expect((await said("prose.txt", "a\tb\nc and d\n")).join()).not.toContain("warning");
});

test("an example is found again at its line", async () => {
  const path = await file("located.tsv", "\na\tx\nb\ty\na\tz\n");
  const { train, locate } = await fileDataset({ path, validation: 0, test: 0 });
  expect((await Promise.all(train.map((example) => locate?.(example)))).sort()).toEqual([`${path}:2`, `${path}:3`]);
  expect(await locate?.({ source: "a", target: "z" })).toBe(`${path}:4`);
  expect(await locate?.({ source: "q", target: "z" })).toBeUndefined();
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
    message: expect.stringMatching(
      /tiny\.tsv: 1 different sources are too few .*; add data or hold out nothing: --held-out 0/,
    ),
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
