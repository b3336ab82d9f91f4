import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TextExample } from "@trivium/features";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { readExamples } from "./read-examples.ts";
import type { ReadOptions } from "./read-options.ts";

const folder = await mkdtemp(join(tmpdir(), "trivium-data-"));
afterAll(() => rm(folder, { recursive: true }));

const read = async (name: string, content: string | Uint8Array, options?: ReadOptions): Promise<TextExample[]> => {
  const path = join(folder, name);
  await writeFile(path, content);
  const examples: TextExample[] = [];
  for await (const example of readExamples(path, options)) examples.push(example);
  return examples;
};

const field = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter((text) => !/[\t\n\r\0\uFEFF]/.test(text) && text.trim() !== "");
const end = fc.constantFrom("\n", "\r\n");

test("pairs survive a .tsv and a .jsonl file, with either line end, byte order mark or not, end of the last line or not", async () => {
  const pairs = fc.array(fc.record({ source: field, target: field }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(pairs, end, fc.boolean(), fc.boolean(), async (written, newline, marked, ended) => {
      const around = (lines: string[]) => (marked ? "\uFEFF" : "") + lines.join(newline) + (ended ? newline : "");
      const tabs = around(written.map(({ source, target }) => `${source}\t${target}`));
      expect(await read("a.tsv", tabs)).toEqual(written);
      expect(await read("a.jsonl", around(written.map((pair) => JSON.stringify(pair))))).toEqual(written);
    }),
    { numRuns: 50 },
  );
});

test("the pieces of a .txt file are the file, none is too long, and no character is cut", async () => {
  const line = fc.oneof(
    field,
    fc.constant(""),
    field.map((text) => text.repeat(500)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), end, async (lines, newline) => {
      fc.pre(lines.some((text) => text !== ""));
      const expected = `${lines.join("\n")}\n`;
      const pieces = (await read("a.txt", lines.join(newline) + newline)).map(
        (example) => (example as { text: string }).text,
      );
      expect(pieces.join("").trimStart()).toBe(expected.trimStart());
      expect(expected.endsWith(pieces.join(""))).toBe(true);
      expect(Math.max(...pieces.map((text) => text.length))).toBeLessThanOrEqual(4096);
      for (const text of pieces) expect(text.isWellFormed()).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a short text has pieces enough to hold some out, and a long one has large ones", async () => {
  const line = "All happy families are alike.\n";
  expect((await read("a.txt", line.repeat(40))).length).toBeGreaterThanOrEqual(20);
  const long = await read("a.txt", line.repeat(20_000));
  expect(long.length).toBeLessThan(160);
});

test("lines longer than a chunk of the stream are read whole", async () => {
  const source = "ä".repeat(300_000);
  expect(await read("a.tsv", `x\ty\n${source}\tz\n`)).toEqual([
    { source: "x", target: "y" },
    { source, target: "z" },
  ]);
});

test("empty lines are passed over and other fields of JSON ignored", async () => {
  expect(await read("a.tsv", "a\tb\n\n\nc\td\n")).toHaveLength(2);
  expect(await read("a.jsonl", '\n{"text": "a b", "id": 7}\n')).toEqual([{ text: "a b" }]);
});

test("a line of JSON may name its task, which tells its pairs from those of others", async () => {
  const lines = ['{"source": "a", "target": "b", "task": "x"}', '{"source": "a", "target": "c", "task": "y"}'];
  expect(await read("a.jsonl", `${lines.join("\n")}\n`)).toEqual([
    { source: "a", target: "b", task: "x" },
    { source: "a", target: "c", task: "y" },
  ]);
  expect(await read("a.jsonl", '{"text": "a b", "task": 7}\n')).toEqual([{ text: "a b" }]);
});

const pair = { source: "a", target: "b" };

test.each<[string, string, TextExample]>([
  ["a complete pair is a pair, whatever text stands beside it", '{"source": "a", "target": "b", "text": "note"}', pair],
  ["null is absent beside a pair", '{"source": "a", "target": "b", "text": null, "references": null}', pair],
  ["null is absent beside a text", '{"source": null, "target": null, "text": "b"}', { text: "b" }],
  [
    "references stand after the target, and none twice",
    '{"source": "a", "target": "b", "references": ["c", "b", "d"]}',
    { ...pair, references: ["b", "c", "d"] },
  ],
  [
    "without a target the first reference is the target",
    '{"source": "a", "references": ["b", "c", "d"]}',
    { ...pair, references: ["b", "c", "d"] },
  ],
  ["the only reference is the target", '{"source": "a", "references": ["b"]}', pair],
])("of JSON lines: %s", async (_, line, example) => {
  expect(await read("a.jsonl", `${line}\n`)).toEqual([example]);
});

test("columns of a table are chosen by number or by name, and fields of JSON lines by name", async () => {
  const table = "id\tEnglish\tGerman\n1\tone\teins\n2\ttwo\tzwei\n";
  const pairs = [
    { source: "one", target: "eins" },
    { source: "two", target: "zwei" },
  ];
  const named = { sourceColumn: "English", targetColumn: "German" };
  expect(await read("a.tsv", table, named)).toEqual(pairs);
  expect(await read("a.tsv", table, { sourceColumn: 2, targetColumn: "3" })).toEqual([
    { source: "English", target: "German" },
    ...pairs,
  ]);
  expect(await read("a.tsv", table, { sourceColumn: 2, targetColumn: "German" })).toEqual(pairs);
  const json = '{"English": "one", "German": "eins", "source": "x"}\n{"English": "two", "German": "zwei"}';
  expect(await read("a.jsonl", json, named)).toEqual(pairs);
  await expect(read("a.tsv", table, { sourceColumn: "French" })).rejects.toMatchObject({
    code: "data/column",
    message: expect.stringContaining(
      'a.tsv:1: there is no column "French"; the first line names "id", "English", "German"',
    ),
  });
  await expect(read("a.tsv", table, { targetColumn: 4 })).rejects.toThrow(
    "a.tsv:1: expected columns 1 and 4; there are 3",
  );
});

describe("is refused with file and line:", () => {
  const cases: [string, string, string | Uint8Array, string, string][] = [
    [
      "a line without a tab",
      "x.tsv",
      "a\tb\nno tab here\n",
      "line",
      "x.tsv:2: expected source, tab, target; there is no tab",
    ],
    ["two tabs", "x.tsv", "a\tb\tc", "line", "x.tsv:1: expected source, tab, target; there are 2 tabs"],
    ["two tabs, with the remedy", "x.tsv", "a\tb\tc", "line", "with --source-column and --target-column"],
    ["half a pair beside a text", "x.jsonl", '{"source": "a", "text": "b"}', "line", "there is text beside source"],
    [
      "references of a text",
      "x.jsonl",
      '{"text": "a", "references": ["b"]}',
      "line",
      "there is text beside references",
    ],
    [
      "a key that stands twice",
      "x.jsonl",
      '{"source": "a", "target": "b", "source": "c"}',
      "line",
      'key "source" stands',
    ],
    ["a target that is null", "x.jsonl", '{"source": "a", "target": null}', "line", "x.jsonl:1: expected"],
    [
      "references that are no list",
      "x.jsonl",
      '{"source": "a", "references": "b"}',
      "line",
      "a list of texts, not a str",
    ],
    ["no reference at all", "x.jsonl", '{"source": "a", "references": []}', "line", "references: is empty"],
    ["an empty reference", "x.jsonl", '{"source": "a", "references": ["b", ""]}', "line", "references.1: is empty"],
    ["half a surrogate pair", "x.jsonl", '{"text": "a\\ud83d"}', "line", "text: half a surrogate pair"],
    ["an empty source", "x.tsv", "a\tb\r\n \tb\r\n", "line", "x.tsv:2: the source is empty"],
    ["an empty target", "x.tsv", "a\t", "line", "x.tsv:1: the target is empty"],
    ["what is not JSON", "x.jsonl", '{"text": "a"}\n{text: "b"}\n', "line", "x.jsonl:2: expected a JSON object"],
    [
      "JSON that is no object",
      "x.jsonl",
      "[1]",
      "line",
      'x.jsonl:1: expected {"source", "target"} or {"text"}; got "[1]"',
    ],
    ["a missing field", "x.jsonl", '{"source": "a"}', "line", "x.jsonl:1: expected"],
    ["a missing field, by name", "x.jsonl", '{"source": "a"}', "line", "target: is missing"],
    ["a field of another type", "x.jsonl", '{"text": 3}', "line", "text: a text, not a number"],
    ["an empty field", "x.jsonl", '{"source": "a", "target": " "}', "line", "target: is empty"],
    [
      "pairs and texts in one file",
      "x.jsonl",
      '{"text": "a"}\n{"source": "a", "target": "b"}',
      "mixed",
      "x.jsonl:2 has source and target, ",
    ],
    ["a NUL byte", "x.txt", "fine\nnot\0fine\n", "binary", "x.txt:2: not a text file: it holds a NUL byte"],
    [
      "what is not UTF-8",
      "x.tsv",
      Buffer.from("a\tb\nna\xefve\tc\n", "latin1"),
      "binary",
      "x.tsv:2: not a text file: it is not UTF-8",
    ],
    ["an empty file", "x.txt", "", "empty", "x.txt is empty"],
    ["a file of nothing but line ends", "x.tsv", "\n\r\n", "empty", "x.tsv is empty"],
    ["a text of nothing but blanks", "x.txt", " \n\n", "empty", "x.txt is empty"],
    ["another ending", "x.csv", "a,b", "extension", "x.csv: a data file is one of .txt, .tsv, .jsonl"],
  ];
  test.each(cases)("%s", async (_, name, content, code, message) => {
    const error = await read(name, content).then(
      () => expect.unreachable(),
      (caught: Error) => caught,
    );
    expect(error).toMatchObject({ name: "DataError", code: `data/${code}` });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("\n");
  });
});

test("a missing file and a folder are told in one line", async () => {
  const first = (path: string) => readExamples(path).next();
  await expect(first(join(folder, "none.txt"))).rejects.toThrow(/^cannot read .*none\.txt: there is no such file$/);
  await mkdir(join(folder, "folder.tsv"), { recursive: true });
  await expect(first(join(folder, "folder.tsv"))).rejects.toThrow("it is a folder, not a file");
});
