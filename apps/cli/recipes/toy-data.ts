import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";

/** All words of that many letters. */
function words(letters: string, length: number): string[] {
  if (length === 0) return [""];
  return words(letters, length - 1).flatMap((word) => [...letters].map((letter) => word + letter));
}

const reversed = (word: string): string => [...word].reverse().join("");

/** Words and the same backwards, 80 of them. */
const pairs = [...words("abcd", 3), ...words("abcd", 2)].map((word) => [word, reversed(word)] as const);

/** Writes the same small task in every form that the command line reads. */
export function writeToyData(folder: string): void {
  const write = (name: string, lines: readonly string[]) => writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  write(
    "toy.tsv",
    pairs.map(([source, target]) => `${source}\t${target}`),
  );
  write(
    "toy.jsonl",
    pairs.map(([source, target]) => JSON.stringify({ source, target })),
  );
  write(
    "toy.txt",
    pairs.map(([source, target], index) => `Line ${index}: ${source} backwards is ${target}.`),
  );
}

/** Writes the same pairs as a folder of three files, each in a form of its own: a corpus, which is streamed. */
export function writeToyCorpus(folder: string): void {
  mkdirSync(folder);
  const lines = pairs.map(([source, target]) => `${JSON.stringify({ source, target })}\n`);
  writeFileSync(join(folder, "a.jsonl"), lines.slice(0, 30).join(""));
  writeFileSync(join(folder, "b.jsonl.gz"), gzipSync(lines.slice(30, 60).join("")));
  writeFileSync(join(folder, "c.jsonl.zst"), zstdCompressSync(lines.slice(60).join("")));
}

/** A model that trains in moments. */
export const tiny = ["--width", "8", "--layers", "1", "--heads", "2", "--batch", "8"] as const;
