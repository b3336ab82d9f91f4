import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";
import { ConfigError, createRandom, type Random } from "@trivium/core";

/** Endings of the files that are generated. */
export const corpusEndings = ["txt", "jsonl", "txt.gz", "jsonl.gz", "txt.zst", "jsonl.zst"] as const;
type CorpusEnding = (typeof corpusEndings)[number];

const PHRASES = 2 ** 14;
const CHUNK = 2 ** 16;

/**
 * Writes a corpus of made-up words, the same for the same size: documents of some hundred to some thousand letters.
 *
 * @param bytes - of the text, about, before it is compressed.
 * @throws {ConfigError} `bench/options` if this Node cannot compress so.
 */
export async function writeCorpus(path: string, ending: CorpusEnding, bytes: number): Promise<void> {
  const source = Readable.from(chunksOf(bytes, ending.startsWith("jsonl")));
  const file = createWriteStream(path);
  if (ending.endsWith(".gz")) await pipeline(source, createGzip({ level: 1 }), file);
  else if (ending.endsWith(".zst")) await pipeline(source, zstd(), file);
  else await pipeline(source, file);
}

function zstd() {
  if (createZstdCompress !== undefined) return createZstdCompress();
  const message = `bench data: Node ${process.version} cannot write .zst; take another ending for --files, or Node 22.15`;
  throw new ConfigError("bench/options", message);
}

function* chunksOf(bytes: number, isJson: boolean): Generator<Buffer> {
  const random = createRandom("bench/data");
  const phrases = phrasesOf(random.split("phrases"));
  for (let [left, text] = [bytes, ""]; left > 0; text = "") {
    while (text.length < CHUNK) text += documentOf(phrases, random, isJson);
    const chunk = Buffer.from(text);
    left -= chunk.length;
    yield chunk;
  }
}

function documentOf(phrases: readonly string[], random: Random, isJson: boolean): string {
  let text = "";
  for (let left = 5 + random.integer(100); left > 0; left--) text += phrases[random.integer(PHRASES)];
  return isJson ? `${JSON.stringify({ text })}\n` : `${text}\n`;
}

/** Phrases of a few words each, common words more often than rare ones. */
function phrasesOf(random: Random): string[] {
  const letters = "etaoinshrdlucmfwypvbgk";
  const letter = () => letters[random.integer(1 + random.integer(letters.length))] as string;
  const words = Array.from({ length: 5000 }, () => Array.from({ length: 1 + random.integer(9) }, letter).join(""));
  const word = () => words[Math.floor(words.length ** random.uniform()) - 1] as string;
  return Array.from({ length: PHRASES }, () => `${word()} ${word()}, ${word()} ${word()} `);
}
