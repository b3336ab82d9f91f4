import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fileDataset } from "./file-dataset.ts";
import { pairsDataset } from "./pairs-dataset.ts";
import { describeReading } from "./reading.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-pairs-"));
const path = join(folder, "pairs.tsv");
afterAll(() => rmSync(folder, { recursive: true }));

const lines = Array.from({ length: 40 }, (_, at) => `source ${at % 30}\ttarget ${at}`);

const contents: readonly (readonly [string, string | Uint8Array])[] = [
  ["pairs", lines.join("\n")],
  ["CRLF, a byte order mark and empty lines", `\uFEFF${lines.join("\r\n\r\n")}\r\n`],
  ["a line without a tab", `${lines.join("\n")}\nno tab`],
  ["a line with two tabs", `a\tb\tc\n${lines.join("\n")}`],
  ["an empty source", `${lines.join("\n")}\n \tb`],
  ["an empty target", `${lines.join("\n")}\nb\t`],
  ["nothing", ""],
  ["empty lines alone", "\n\n"],
  ["a NUL", "a\tb\0"],
  ["bytes that are not UTF-8", Uint8Array.of(97, 9, 98, 10, 0xff, 9, 98)],
  ["a header", `source\ttarget\n${lines.join("\n")}`],
  ["fields in quotes", lines.map((line) => line.replaceAll(/[^\t]+/g, '"$&"')).join("\n")],
  ["one pair", "a\tb"],
];

test.each(contents)("%s: text at hand is what the file is, in parts, notes and messages", async (_, content) => {
  writeFileSync(path, content);
  const outcome = async (read: ReturnType<typeof fileDataset>) => {
    try {
      const { train, validation, test: held, fingerprint, reading } = await read;
      const notes = describeReading({ train, validation, test: held, reading });
      return { train, validation, held, fingerprint, notes };
    } catch (error) {
      return { message: (error as Error).message, code: (error as { code?: string }).code };
    }
  };
  expect(await outcome(pairsDataset(content, { name: path }))).toEqual(await outcome(fileDataset({ path })));
});
