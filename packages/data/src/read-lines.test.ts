import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { onReading, type ReadingProgress } from "./on-reading.ts";
import { readExamples } from "./read-examples.ts";
import { type LineSource, readLines } from "./read-lines.ts";

const folder = await mkdtemp(join(tmpdir(), "trivium-lines-"));
afterAll(() => rm(folder, { recursive: true }));

async function* inBlocks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const lines = async (content: string | Uint8Array, { size = 7, ...source }: LineSource & { size?: number } = {}) => {
  const texts: string[] = [];
  const read = readLines(inBlocks(Buffer.from(content as string), size), { name: "standard input", ...source });
  for await (const { text } of read) texts.push(text);
  return texts;
};

const text = fc.string({ unit: "binary" }).map((drawn) => drawn.replace(/[\n\0]|\r$|^\uFEFF/g, ""));

test("every line comes out as it went in, whatever blocks it comes in, with LF or CRLF, a mark before it or not", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      async (written, end, isMarked, size) => {
        const content = `${isMarked ? "\uFEFF" : ""}${written.map((line) => line + end).join("")}`;
        expect(await lines(content, { size })).toEqual(written);
      },
    ),
  );
});

test("nothing but LF and CRLF ends a line, and empty lines are lines", async () => {
  expect(await lines("a\u2028b\u2029c\rd\u0085e\vf\fg\nh")).toEqual(["a\u2028b\u2029c\rd\u0085e\vf\fg", "h"]);
  expect(await lines("a\n\n \n\r\nb\n")).toEqual(["a", "", " ", "", "b"]);
  expect(await lines("a\r\r\nb\r")).toEqual(["a\r", "b\r"]);
  expect(await lines("")).toEqual([]);
});

test("a byte order mark is passed over at the start alone", async () => {
  expect(await lines("\uFEFFa\n\uFEFFb", { size: 1 })).toEqual(["a", "\uFEFFb"]);
  expect(await lines("\uFEFF")).toEqual([""]);
});

test("bytes that are no UTF-8 are refused with their line, even where a block ends in a character", async () => {
  const refused = (bytes: number[]) => lines(Uint8Array.from([...Buffer.from("é\n"), ...bytes]), { size: 1 });
  await expect(refused([0xff])).rejects.toThrow("standard input:2: not a text file: it is not UTF-8");
  await expect(refused([0xc3])).rejects.toThrow("standard input:2: not a text file: it is not UTF-8");
  await expect(refused([0xed, 0xa0, 0x80, 10])).rejects.toThrow("standard input:2: not a text file");
  await expect(refused([97, 0])).rejects.toThrow("standard input:2: not a text file: it holds a NUL byte");
});

test("a line that is longer than allowed is refused before it is read whole", async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(65_536, "a");
  }
  const first = (source: LineSource) => readLines(endless(), { name: "x.tsv", ...source }).next();
  await expect(first({ maximumLineLength: 1_000_000 })).rejects.toMatchObject({
    code: "data/long-line",
    message: expect.stringContaining("x.tsv:1: the line has more than 1,000,000 characters"),
  });
  await expect(lines("abc\nabcd\n", { maximumLineLength: 3, size: 100 })).rejects.toThrow("standard input:2: the line");
});

test("what is no file is refused in one line: links in a circle, devices, sockets", async () => {
  const path = (name: string) => join(folder, name);
  await symlink("b.tsv", path("a.tsv"));
  await symlink("a.tsv", path("b.tsv"));
  for (const device of ["zero", "null", "urandom"]) await symlink(`/dev/${device}`, path(`${device}.txt`));
  const server = createServer().listen(path("socket.jsonl"));
  await new Promise((resolve) => server.once("listening", resolve));
  const first = (name: string) => readExamples(path(name)).next();
  await expect(first("a.tsv")).rejects.toThrow(`cannot read ${path("a.tsv")}: its symbolic links lead in a circle`);
  for (const name of ["zero.txt", "null.txt", "urandom.txt"])
    await expect(first(name)).rejects.toThrow("it is a device, not a file");
  await expect(first("socket.jsonl")).rejects.toThrow("it is a socket, not a file");
  await expect(first("a.tsv/b.tsv")).rejects.toThrow("its symbolic links lead in a circle");
  server.close();
});

test("a file of two gigabytes of holes is refused at its first block", async () => {
  const path = join(folder, "sparse.tsv");
  const file = await open(path, "w");
  await file.truncate(2 ** 31);
  await file.close();
  let bytes = 0;
  const stop = onReading(({ done }) => {
    bytes = done;
  });
  await expect(readExamples(path).next()).rejects.toThrow("sparse.tsv:1: not a text file: it holds a NUL byte");
  stop();
  expect(bytes).toBeLessThanOrEqual(2 ** 17);
});

test("listeners are told how far the reading is, and that the writer of a named pipe is awaited", async () => {
  const told: ReadingProgress[] = [];
  const stop = onReading((progress) => told.push(progress));
  const [path, pipe] = [join(folder, "told.tsv"), join(folder, "pipe.tsv")];
  await writeFile(path, "a\tb\n");
  execFileSync("mkfifo", [pipe]);
  expect((await readExamples(path).next()).value).toEqual({ source: "a", target: "b" });
  const piped = readExamples(pipe).next();
  createWriteStream(pipe).end("c\td\n");
  expect((await piped).value).toEqual({ source: "c", target: "d" });
  stop();
  expect(told).toEqual([
    { path, done: 0, total: 4 },
    { path, done: 4, total: 4 },
    { path: pipe, done: 0, total: undefined },
    { path: pipe, done: 4, total: undefined },
  ]);
});

test("a text of a single line is cut as it comes, as it would be whole", async () => {
  const path = join(folder, "line.txt");
  const content = "🙂 ".repeat(100_000);
  await writeFile(path, `short\n${content}`);
  const pieces: string[] = [];
  for await (const example of readExamples(path)) if ("text" in example) pieces.push(example.text);
  expect(pieces.join("")).toBe(`short\n${content}\n`);
  expect(pieces[0]).toBe("short\n");
  expect(new Set(pieces.slice(1, -1).map((piece) => piece.length))).toEqual(new Set([4095]));
});
