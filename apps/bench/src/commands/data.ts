import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { corpusDataset } from "@trivium/data/node";
import { isTextPair } from "@trivium/features";
import { createWordCounter, trainBytePairs } from "@trivium/text";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { oneByOne } from "../contender.ts";
import { corpusEndings, writeCorpus } from "../corpus-file.ts";
import { readAlone } from "../corpus-reader.ts";
import type { Finding } from "../measurement.ts";
import { count, listOf } from "../options.ts";

const tokenizers = ["byte", "byte-pairs"] as const;

const schema = z.strictObject({
  file: z
    .string()
    .min(1)
    .optional()
    .describe("A corpus to read: a file, a folder or a pattern. Default: generated ones"),
  megabytes: count.default(200).describe("Megabytes of each generated file, before it is compressed"),
  files: listOf(corpusEndings).prefault("jsonl,jsonl.zst").describe(`Files to generate, with commas: ${corpusEndings}`),
  tokenizer: listOf(tokenizers).prefault("byte").describe("byte, byte-pairs or both: what text becomes ids by"),
  vocabulary: count.default(8000).describe("Ids of the byte pairs, which are learned from the corpus"),
  length: count.default(256).describe("Tokens of an example"),
  stepSeconds: z.coerce
    .number()
    .positive()
    .optional()
    .describe("Seconds of a training step: batches are taken at its pace, and what they wait for data is measured"),
  batch: count.default(16).describe("Examples of such a step"),
  steps: count.default(50).describe("Such steps"),
});

type Options = z.output<typeof schema>;

/** Text that the byte pairs are learned from, in UTF-16 code units. */
const LEARNED = 2e6;

/** The reading of a corpus that is streamed: from its file to ids. */
export const data = defineBenchmark({
  name: "data",
  description:
    "Reading a corpus as a stream, decompressed and tokenised by a thread of its own, in a process of its own.",
  schema,
  remarks: ({ stepSeconds }) => [
    "Process MiB: the most memory of a process that does nothing but read, Node itself included.",
    "Processor s: seconds of processor that all its threads took together.",
    stepSeconds === undefined
      ? "GB/s: bytes of the text, decompressed, ÷ seconds."
      : "Waiting: what a step waits for its batch ÷ seconds of the step; the first batch starts the reader and is not counted.",
  ],
  async run(options) {
    const folder = await mkdtemp(join(tmpdir(), "trivium-bench-data-"));
    try {
      if (options.file !== undefined)
        return await readings({ folder, path: options.file, work: basename(options.file) }, options);
      const found = await oneByOne(options.files, async (ending) => {
        const path = join(folder, `corpus.${ending}`);
        await writeCorpus(path, ending, 1e6 * options.megabytes);
        const work = `${options.megabytes} MB ${ending}`;
        const read = await readings({ folder, path, work, bytes: 1e6 * options.megabytes }, options);
        await rm(path);
        return read;
      });
      return found.flat();
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

interface Corpus {
  /** For what is written beside the corpus. */
  readonly folder: string;
  readonly path: string;
  readonly work: string;
  /** Bytes of its text, where they are known. */
  readonly bytes?: number | undefined;
}

const readings = (corpus: Corpus, options: Options): Promise<Finding[]> =>
  oneByOne(options.tokenizer, async (name): Promise<Finding> => {
    const { length, batch, steps, stepSeconds } = options;
    const definition = name === "byte" ? undefined : await learned(corpus, options.vocabulary);
    const read = await readAlone({ path: corpus.path, definition, length, batch, steps, stepSeconds });
    const bytes = stepSeconds === undefined ? (corpus.bytes ?? read.bytes) : 0;
    return {
      name: "trivium",
      precision: "f32",
      work: `${corpus.work}, ${name}`,
      stepSeconds: read.seconds,
      tokensPerSecond: read.tokens / read.seconds,
      gigabytesPerSecond: bytes > 0 ? bytes / read.seconds / 1e9 : undefined,
      processorSeconds: read.processorSeconds,
      waitingShare: read.waiting,
      residentBytes: read.residentBytes,
      rounds: [read.seconds],
    };
  });

/** Learns byte pairs from the beginning of a corpus, and returns the file of the vocabulary. */
async function learned({ folder, path }: Corpus, size: number): Promise<string> {
  const { train } = await corpusDataset({ path, cache: false, validation: 0, test: 0 });
  const counter = createWordCounter();
  let left = LEARNED;
  for (const example of train) {
    for (const text of isTextPair(example) ? [example.source, example.target] : [example.text]) {
      if (left > 0) counter.add(text);
      left -= text.length;
    }
  }
  const file = join(folder, "tokenizer.json");
  await writeFile(file, JSON.stringify(trainBytePairs(counter.counts(), { size })));
  return file;
}
