import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corpusDataset } from "@trivium/data/node";
import {
  createByteTokenizer,
  createHuggingFaceTokenizer,
  createSharedPair,
  createWordCounter,
  type PairTokenizer,
  reservedSpecials,
  trainBytePairs,
} from "@trivium/text";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { oneByOne, timed } from "../contender.ts";
import { beginningOf, corpusEndings, writeCorpus } from "../corpus-file.ts";
import type { Finding } from "../measurement.ts";
import { count, listOf } from "../options.ts";

const tokenizers = ["byte", "byte-pairs"] as const;

const schema = z.strictObject({
  megabytes: count.default(200).describe("Megabytes of each generated file, before it is compressed"),
  files: listOf(corpusEndings).prefault("jsonl,jsonl.zst").describe(`Files to read, with commas: ${corpusEndings}`),
  tokenizer: listOf(tokenizers).prefault("byte").describe("byte, byte-pairs or both: what text becomes ids by"),
  vocabulary: count.default(8000).describe("Ids of the byte pairs, which are learned from the corpus"),
  length: count.default(256).describe("Tokens of an example"),
});

/** Text that the byte pairs are learned from, in bytes. */
const LEARNED = 2e6;
/** Milliseconds between two looks at the memory. */
const LOOK_MS = 20;

/** The reading of a corpus that is streamed: from its file to ids. */
export const data = defineBenchmark({
  name: "data",
  description: "Reading a corpus as a stream: a generated file, decompressed and tokenised by a thread of its own.",
  schema,
  remarks: () => [
    "GB/s: bytes of the text ÷ seconds. Process MiB: the most memory that the process had while it read; a work that follows others begins with theirs.",
  ],
  async run({ megabytes, files, tokenizer, vocabulary, length }) {
    const folder = await mkdtemp(join(tmpdir(), "trivium-bench-data-"));
    try {
      const pairs = tokenizer.map((name) => [name, pairOf(name, vocabulary)] as const);
      const found = await oneByOne(files, async (ending) => {
        const path = join(folder, `corpus.${ending}`);
        await writeCorpus(path, ending, 1e6 * megabytes);
        const work = (name: string) => ({ work: `${megabytes} MB ${ending}, ${name}`, bytes: 1e6 * megabytes });
        const read = await oneByOne(pairs, ([name, pair]) => reading(path, { ...work(name), tokenizer: pair, length }));
        await rm(path);
        return read;
      });
      return found.flat();
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

function pairOf(name: (typeof tokenizers)[number], size: number): PairTokenizer {
  if (name === "byte") return createSharedPair(createByteTokenizer());
  const counter = createWordCounter();
  counter.add(beginningOf(LEARNED));
  const definition = trainBytePairs(counter.counts(), { size });
  return createSharedPair(createHuggingFaceTokenizer({ definition, special: reservedSpecials() }));
}

interface Reading {
  readonly work: string;
  readonly bytes: number;
  readonly tokenizer: PairTokenizer;
  readonly length: number;
}

/** Reads all of a corpus once. What was read is not kept as ids on the disk. */
async function reading(path: string, { work, bytes, tokenizer, length }: Reading): Promise<Finding> {
  const { stream } = await corpusDataset({ path, cache: false });
  let [tokens, residentBytes] = [0, 0];
  const look = setInterval(() => {
    residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
  }, LOOK_MS);
  const seconds = await timed(async () => {
    for (const source of stream?.sources({ tokenizer, length, tooLong: undefined, seed: 0 }) ?? []) {
      const blocks = source.blocks({ epoch: 0, shard: 0, at: 0, line: 0 });
      for (let next = await blocks.next(); next.value && next.value.from.epoch === 0; next = await blocks.next())
        tokens += next.value.examples.ids.length;
      await blocks.return?.();
    }
  }).finally(() => clearInterval(look));
  return {
    name: "trivium",
    precision: "f32",
    work,
    stepSeconds: seconds,
    tokensPerSecond: tokens / seconds,
    gigabytesPerSecond: bytes / seconds / 1e9,
    residentBytes: Math.max(residentBytes, process.memoryUsage.rss()),
    rounds: [seconds],
  };
}
