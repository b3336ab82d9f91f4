import { writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** A model that trains in moments. */
export const tiny = ["--width", "8", "--layers", "1", "--heads", "2", "--batch", "8"] as const;
