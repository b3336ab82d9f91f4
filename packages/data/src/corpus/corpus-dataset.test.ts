import { hash } from "node:crypto";
import { appendFile, readdir, readFile, rename, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import zlib from "node:zlib";
import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { afterAll, expect, test } from "vitest";
import type { Dataset } from "../dataset.ts";
import { unpackExamples } from "../stream/packed-examples.ts";
import { firstBlock, type TokenBlock } from "../stream/token-source.ts";
import { corpusFolder } from "../testing/corpus-files.ts";
import { describeDataset } from "../testing.ts";
import { corpusDataset } from "./corpus-dataset.ts";

const folders: { remove(): Promise<void> }[] = [];
afterAll(() => Promise.all(folders.map((folder) => folder.remove())));

async function folderOf(files: Parameters<typeof corpusFolder>[0]): Promise<string> {
  const made = await corpusFolder(files);
  folders.push(made);
  return made.folder;
}

const numbers = Array.from({ length: 60 }, (_, at) => at);
const pairs = numbers.map((at) => ({ source: `word ${at}`, target: `Wört ${at * at}` }));
const texts = numbers.map((at) => ({ text: `text ${at}\nsecond line “${at}”` }));
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const table = pairs.map(({ source, target }) => `${source}\t${target}\n`).join("");

async function all(examples: AsyncIterable<TextExample> | undefined): Promise<TextExample[]> {
  const found: TextExample[] = [];
  for await (const example of examples ?? []) found.push(example);
  return found;
}
const trained = ({ stream }: Dataset) => all(stream?.examples("train"));
const whole = { validation: 0, test: 0 };

describeDataset("corpus", async () => {
  const folder = await folderOf({ "a.jsonl.zst": lines(pairs), "b.tsv.gz": table.replaceAll("word", "term") });
  return corpusDataset({ path: folder, validation: 0.2, test: 0.2 });
});

const tokenizer = createSharedPair(createByteTokenizer());
const encoding = { tokenizer, length: 32, tooLong: undefined, seed: 1 };

/** The first blocks of the first source of a dataset. */
async function blocksOf({ stream }: Dataset, count: number, from = firstBlock): Promise<TokenBlock[]> {
  const blocks = stream!.sources(encoding)[0]!.blocks(from);
  const found: TokenBlock[] = [];
  while (found.length < count) found.push((await blocks.next()).value as TokenBlock);
  await blocks.return?.();
  return found;
}
/** Places and digests: arrays of a million numbers are slow to compare. */
const brief = (blocks: readonly TokenBlock[]) =>
  blocks.map(({ from, examples }) => [
    from,
    ...[examples.kinds, examples.bounds, examples.ids].map((part) => [
      part.length,
      hash("sha256", new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
    ]),
  ]);
const ids = (blocks: readonly TokenBlock[]) => blocks.flatMap(({ examples }) => unpackExamples(examples));

test.each([
  ["pairs.jsonl", lines(pairs)],
  ["pairs.jsonl.gz", lines(pairs)],
  ["pairs.jsonl.zst", lines(pairs)],
  ["pairs.ndjson", lines(pairs)],
  ["pairs.json.gz", lines(pairs)],
  ["pairs.tsv", table],
  ["pairs.tsv.zst", `\uFEFF${table.replaceAll("\n", "\r\n")}`],
  ["pairs.parquet", pairs],
])("%s holds the same pairs as any other form", async (name, content) => {
  const folder = await folderOf({ [name]: content });
  expect(await trained(await corpusDataset({ path: join(folder, name), ...whole }))).toEqual(pairs);
});

test("texts of JSON lines and tables are documents, unless they go on; a .txt is a stream", async () => {
  const rows = texts.map(({ text }) => ({ body: text, id: 7n }));
  const folder = await folderOf({ "a.jsonl": lines(texts), "b.parquet": rows, "c.txt": "one\ntwo\r\nthree" });
  const read = async (options: object) => trained(await corpusDataset({ ...whole, ...options } as never));
  expect(await read({ path: join(folder, "a.jsonl") })).toEqual(texts);
  expect(await read({ path: join(folder, "b.parquet"), textColumn: "body" })).toEqual(texts);
  expect(await read({ path: join(folder, "c.txt") })).toEqual([{ text: "one\ntwo\nthree", continues: true }]);
  const goingOn = await corpusDataset({ path: join(folder, "a.jsonl"), ...whole, ends: false, worker: false });
  expect(ids(await blocksOf(goingOn, 1)).every((example) => "tokens" in example && !example.ends)).toBe(true);
});

test("columns of a table are chosen by name in every file", async () => {
  const named = `id\tto\tfrom\n${pairs.map(({ source, target }, at) => `${at}\t${target}\t${source}\n`).join("")}`;
  const folder = await folderOf({ "a.tsv": named, "b.tsv.zst": named });
  const dataset = await corpusDataset({ path: folder, ...whole, sourceColumn: "from", targetColumn: "to" });
  expect(await trained(dataset)).toEqual([...pairs, ...pairs]);
});

test("a folder, a pattern and a list name files; others are passed over and said", async () => {
  const folder = await folderOf({ "a.jsonl": lines(texts), "b.jsonl": lines(texts), "info.json": "{}", README: "" });
  const named = { a: join(folder, "a.jsonl"), b: join(folder, "b.jsonl") };
  const ofFolder = await corpusDataset({ path: folder });
  expect(ofFolder.stream?.notes).toContain("files passed over: README, info.json");
  for (const path of [`${folder}/*.jsonl`, `${folder}/{a,b}.jsonl`, [named.a, named.b]])
    expect((await corpusDataset({ path })).fingerprint).toBe(ofFolder.fingerprint);
  expect((await corpusDataset({ path: named.a })).fingerprint).not.toBe(ofFolder.fingerprint);
});

test("a source and all that is in it are in one part, whatever file it stands in", async () => {
  const folder = await folderOf({ "a.jsonl": lines(pairs), "b.tsv": table });
  const { stream, validation, test: held } = await corpusDataset({ path: folder, validation: 0.3, test: 0.2 });
  const parts = await Promise.all(
    (["train", "validation", "test"] as const).map((part) => all(stream?.examples(part))),
  );
  const sources = parts.map((part) => new Set(part.map((example) => (example as { source: string }).source)));
  expect(parts.map(({ length }) => length)).toEqual(sources.map(({ size }) => 2 * size));
  expect(new Set(sources.flatMap((part) => [...part])).size).toBe(60);
  expect([validation.length, held.length]).toEqual([sources[1]!.size, sources[2]!.size]);
});

const long = (name: string, count: number) =>
  Array.from(
    { length: count },
    (_, at) => `${JSON.stringify({ text: `${name} ${at} ${"abcdefg ".repeat(2000)}` })}\n`,
  ).join("");

test("blocks are the same from a plain and from a compressed file, in a thread or not, from the start or from a place", async () => {
  const content = long("x", 40);
  const folder = await folderOf({ "a.jsonl": content, "a.jsonl.zst": content });
  const open = (name: string, worker = true) => corpusDataset({ path: join(folder, name), worker });
  const plain = await blocksOf(await open("a.jsonl"), 5);
  expect(plain.map(({ from }) => [from.epoch, from.shard])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 0],
    [1, 0],
  ]);
  expect(plain[1]!.from.line).toBeGreaterThan(10);
  expect(brief(await blocksOf(await open("a.jsonl.zst"), 5))).toEqual(brief(plain));
  expect(brief(await blocksOf(await open("a.jsonl.zst", false), 2, plain[1]!.from))).toEqual(brief(plain.slice(1, 3)));
  expect(brief(await blocksOf(await open("a.jsonl", false), 2, plain[1]!.from))).toEqual(brief(plain.slice(1, 3)));
});

test("the cache gives what reading gives; a damaged block is made again, and other lengths have blocks of their own", async () => {
  const folder = await folderOf({ "a.jsonl": long("x", 25) });
  const cache = join(folder, "cache");
  const open = (own: string | false) => corpusDataset({ path: join(folder, "a.jsonl"), cache: own, worker: false });
  const read = brief(await blocksOf(await open(false), 4));
  // Two processes that tokenise the same file at the same time.
  const both = await Promise.all(
    [open(cache), open(cache)].map(async (dataset) => brief(await blocksOf(await dataset, 4))),
  );
  expect(both).toEqual([read, read]);
  const kept = (await readdir(cache, { recursive: true })).filter((name) => /[/\\]\d+$/.test(name));
  expect(kept).toHaveLength(2);
  expect((await readdir(cache, { recursive: true })).filter((name) => name.endsWith("unfinished"))).toEqual([]);
  const block = join(cache, kept[0]!);
  const bytes = await readFile(block);
  await writeFile(block, bytes.with(bytes.length - 3, bytes.at(-3)! ^ 1));
  expect(brief(await blocksOf(await open(cache), 4))).toEqual(read);
  expect(await readFile(block)).toEqual(bytes);
  await truncate(block, 10);
  expect(brief(await blocksOf(await open(cache), 4))).toEqual(read);
});

const line = { text: "a" };
test.each([
  ["has vanished", (path: string) => rename(path, `${path}.away`)],
  ["has grown", (path: string) => appendFile(path, lines([line]))],
  ["has shrunk", (path: string) => truncate(path, 100)],
  ["has changed", async (path: string) => writeFile(path, (await readFile(path, "utf8")).replace("text 7", "text 8"))],
])("a file that %s is refused by its name", async (how, change) => {
  const folder = await folderOf({ "a.jsonl": lines(texts), "b.jsonl": lines(texts) });
  const dataset = await corpusDataset({ path: folder, worker: how === "has vanished", ...whole });
  const path = join(folder, "b.jsonl");
  await change(path);
  await expect(blocksOf(dataset, 3)).rejects.toThrow(`${path} ${how} since the corpus was opened`);
  await expect(blocksOf(dataset, 3)).rejects.toSatisfy((error) => DataError.is(error, "data/changed"));
});

test("a file with another time of change and the same bytes is the same file", async () => {
  const folder = await folderOf({ "a.jsonl": lines(texts) });
  const dataset = await corpusDataset({ path: folder, ...whole, worker: false });
  await utimes(join(folder, "a.jsonl"), 1, 1);
  expect(ids(await blocksOf(dataset, 1)).length).toBeGreaterThan(0);
  expect((await corpusDataset({ path: folder, ...whole })).fingerprint).toBe(dataset.fingerprint);
});

const broken = zlib.zstdCompressSync(lines(texts)).subarray(0, 150);
test.each([
  [
    "not JSON",
    { "a.jsonl.zst": `${lines([line])}{"text": \n` },
    /a\.jsonl\.zst:2: expected a JSON object; this is not JSON/,
  ],
  ["a row without text", { "a.parquet": [{ text: "x" }, { text: "" }] }, /a\.parquet:2: .*text: is empty/],
  ["other columns", { "a.parquet": [{ body: "x" }] }, /none of the columns .* it has body.*--text-column/],
  ["no Parquet", { "a.parquet": [] }, /a\.parquet/],
  ["a line without a tab", { "a.tsv": "a\tb\nc\n" }, /a\.tsv:2: expected source, tab, target/],
  [
    "pairs among texts",
    { "a.jsonl": lines([line]), "b.jsonl": lines(pairs) },
    /b\.jsonl:1 has a pair, the corpus began with texts/,
  ],
  ["bytes", { "a.txt": "a\n\0" }, /a\.txt:2: not a text file: it holds a NUL/],
  ["latin 1", { "a.txt": Buffer.from("a\nb\né", "latin1").toString("latin1") }, undefined],
  ["nothing", { "a.jsonl": "\n\n" }, /there is no example to train on/],
  ["no files", { "a.csv": "x" }, /no file of this folder is one of \.txt/],
] as const)("%s is named with its place", async (_, files, message) => {
  const folder = await folderOf(files as never);
  if (message === undefined) {
    await writeFile(join(folder, "a.txt"), Buffer.from("a\nb\né", "latin1"));
    await expect(corpusDataset({ path: folder })).rejects.toThrow("a.txt:3: not a text file: it is not UTF-8");
  } else await expect(corpusDataset({ path: folder })).rejects.toThrow(message);
});

test("files that were joined when they were compressed already are read to their end", async () => {
  const folder = await folderOf({});
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const parts = [texts.slice(0, 20), texts.slice(20)].map((part) => Buffer.from(lines(part)));
  const [one, other] = parts.map((part) => zlib.zstdCompressSync(part)) as [Buffer, Buffer];
  await writeFile(join(folder, "a.jsonl.zst"), Buffer.concat([one, skipped, other]));
  await writeFile(join(folder, "a.jsonl.gz"), Buffer.concat(parts.map((part) => zlib.gzipSync(part))));
  for (const name of ["a.jsonl.zst", "a.jsonl.gz"])
    expect(await trained(await corpusDataset({ path: join(folder, name), ...whole }))).toEqual(texts);
  await writeFile(join(folder, "a.jsonl.zst"), Buffer.concat([one, Buffer.from("no frame at all")]));
  await expect(corpusDataset({ path: join(folder, "a.jsonl.zst") }).then(trained)).rejects.toThrow("broken zstd");
});

test.each([
  ["a.parquet", /a\.parquet: cannot read this Parquet file: it is empty; write or copy the file again/],
  ["a.jsonl.gz", /a\.jsonl\.gz: broken gzip: .*; copy or compress the file again/],
  ["a.jsonl.zst", /there is no example to train on/],
  ["a.txt", /there is no example to train on/],
])("a file of no bytes is named: %s", async (name, message) => {
  const folder = await folderOf({});
  await writeFile(join(folder, name), "");
  await expect(corpusDataset({ path: folder })).rejects.toThrow(message);
});

test("a cache that cannot be written to costs nothing but time", async () => {
  const folder = await folderOf({ "a.jsonl": lines(texts), cache: "a file where the folder would be" });
  const path = join(folder, "a.jsonl");
  const [plain, cached] = await Promise.all(
    [false, join(folder, "cache")].map((cache) => corpusDataset({ path, cache, worker: false, ...whole })),
  );
  expect(brief(await blocksOf(cached as Dataset, 2))).toEqual(brief(await blocksOf(plain as Dataset, 2)));
});

test.each(["a.jsonl.zst", "a.jsonl.gz"])("a compressed file that is cut short is named: %s", async (name) => {
  const folder = await folderOf({ [name]: lines(texts) });
  const path = join(folder, name);
  await truncate(path, broken.length);
  await expect(corpusDataset({ path }).then(trained)).rejects.toThrow(/a\.jsonl\.\w+: broken (zstd|gzip): .*again/);
});

test("a frame that would take more than 128 MiB of memory is refused with the way to make a smaller one", async () => {
  const folder = await folderOf({});
  const compress = zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_windowLog]: 31 } });
  compress.end(lines(texts));
  await writeFile(join(folder, "a.jsonl.zst"), Buffer.concat((await compress.toArray()) as Buffer[]));
  await expect(corpusDataset({ path: folder })).rejects.toThrow(/a\.jsonl\.zst: its frames look back .* --long=27/);
});

test("a pattern without files, a missing file and both ways to name them are refused", async () => {
  await expect(corpusDataset({ path: "/nowhere/*.jsonl" })).rejects.toThrow("no file fits this pattern");
  await expect(corpusDataset({ path: "/nowhere/a.jsonl" })).rejects.toThrow("there is no such file");
  await expect(corpusDataset({ path: "a.doc" })).rejects.toThrow("the files of a corpus are .txt, .tsv");
  await expect(corpusDataset({})).rejects.toThrow("give either path or sources");
});

test("pairs that exceed the length are left out, cut, or refused with their line", async () => {
  const folder = await folderOf({ "a.tsv": `${table}${"long ".repeat(20)}\tx\n` });
  const dataset = await corpusDataset({ path: folder, ...whole, worker: false });
  const read = async (tooLong: "skip" | "cut" | "error") => {
    const blocks = dataset.stream!.sources({ ...encoding, tooLong })[0]!.blocks(firstBlock);
    return unpackExamples(((await blocks.next()).value as TokenBlock).examples);
  };
  expect(dataset.tooLong).toBe("skip");
  expect(await read("skip")).toHaveLength(60);
  expect(await read("cut")).toHaveLength(61);
  await expect(read("error")).rejects.toThrow(
    /a\.tsv:61: the pair takes 102 positions, the model has 32; --too-long skip/,
  );
});

test("a corpus of which everything is held out is refused, not read for ever", async () => {
  const folder = await folderOf({ "a.jsonl": lines([{ text: "x" }]) });
  const dataset = await corpusDataset({ path: folder, ...whole, ends: false, worker: false });
  await expect(blocksOf(dataset, 9)).rejects.toThrow("has nothing to train on");
});

test("the task of a source is the task of its examples, held out or streamed", async () => {
  const folder = await folderOf({
    "a.jsonl": lines(pairs),
    "b.jsonl": lines(pairs.map((row) => ({ ...row, task: "of a line" }))),
  });
  const sources = [{ path: join(folder, "a.jsonl"), task: "sort" }, { path: join(folder, "b.jsonl") }];
  const dataset = await corpusDataset({ sources, validation: 0.3, test: 0, worker: false });
  expect(new Set(dataset.validation.map(({ task }) => task))).toEqual(new Set(["sort", undefined]));
  expect(dataset.stream?.sources(encoding).map(({ task }) => task)).toEqual(["sort", undefined]);
  expect(new Set((await trained(dataset)).map(({ task }) => task))).toEqual(new Set(["sort", undefined]));
});
