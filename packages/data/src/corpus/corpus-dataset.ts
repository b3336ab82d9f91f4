import { createHash } from "node:crypto";
import { basename } from "node:path";
import { isTextPair, type TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { type Dataset, dataset, type ExampleStream } from "../dataset.ts";
import { groupReferences } from "../group-references.ts";
import type { BlockPlace } from "../stream/token-source.ts";
import { createTokenizerOf, isBuiltIn } from "./built-in-tokenizers.ts";
import { cacheFolder } from "./cache-files.ts";
import { exampleBlocks } from "./example-blocks.ts";
import { findFiles } from "./find-files.ts";
import { openShard } from "./open-shards.ts";
import { partOf } from "./part-of.ts";
import { type Heads, readHeads } from "./read-heads.ts";
import type { Shard } from "./shard.ts";
import { type TokenRequest, tokenBlocks } from "./token-blocks.ts";
import { startTokenWorker, type TokenWorker } from "./token-worker.ts";

const path = z.string().min(1);
const share = z.number().min(0).max(0.9).default(0.01);
const column = z.union([z.int().positive(), z.string().min(1)]).optional();
const schema = z
  .strictObject({
    path: z
      .union([path, z.array(path).min(1)])
      .optional()
      .describe("A file, a folder, or a pattern such as corpus/*.jsonl.zst; several of them are one source"),
    sources: z
      .array(
        z.strictObject({
          path: z.union([path, z.array(path).min(1)]),
          weight: z.number().positive().default(1),
          task: z.string().min(1).optional(),
        }),
      )
      .min(1)
      .optional()
      .describe("Several sources, which give examples by their weights and name their task: [{ path, weight, task }]"),
    validation: share.describe("Share of the sources to hold out for validation, in [0, 0.9]"),
    test: share.describe("Share of the sources to hold out for testing, in [0, 0.9]"),
    heldOutExamples: z.int().positive().default(512).describe("The most examples of a held-out part to look at"),
    sourceColumn: column.describe("Column or field of the source"),
    targetColumn: column.describe("Column or field of the target"),
    textColumn: path.optional().describe("Field of the text"),
    ends: z
      .boolean()
      .default(true)
      .describe("Whether a text of JSON lines or of a table ends, so that its end is predicted"),
    shuffle: z
      .int()
      .positive()
      .default(2048)
      .describe("Examples of a source that are shuffled together; 1 keeps the order"),
    maximumLineLength: z.int().positive().optional().describe("The most characters of a line"),
    cache: z
      .union([path, z.boolean()])
      .optional()
      .describe(
        "Folder of texts as ids, or whether there is one. Default: where a vocabulary is slow, in the user's cache",
      ),
    worker: z.boolean().default(true).describe("Whether a thread of its own reads and tokenises ahead"),
  })
  .refine(({ validation, test }) => validation + test < 1, {
    path: ["test"],
    message: "validation and test together must leave something to train on",
  })
  .refine((options) => (options.path === undefined) !== (options.sources === undefined), {
    path: ["path"],
    message: "give either path or sources",
  });

type Options = z.output<typeof schema>;

interface Source {
  readonly name: string;
  readonly weight: number;
  readonly task: string | undefined;
  readonly shards: readonly Shard[];
}

/**
 * A dataset of any size, which is streamed: files, folders and patterns of `.jsonl`, `.txt`, `.tsv` (each also with `.gz`
 * or `.zst`) and `.parquet`. Parts are told apart by the SHA-256 of each source or text. `train`, `validation` and `test`
 * are the first examples of their part; `stream` gives all that are trained on.
 *
 * @throws {DataError} `data/file`, `data/extension`, `data/mixed`, `data/empty`, and what reading throws, with file and line.
 * @throws {ConfigError} `data/options` naming the field.
 * @example await corpusDataset({ path: "corpus/*.jsonl.zst" })
 */
export async function corpusDataset(options: z.input<typeof schema>): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "data/options", what: "corpus" });
  const given = chosen.sources ?? [{ path: chosen.path as string, weight: 1, task: undefined }];
  const others: string[] = [];
  const sources: Source[] = [];
  for (const { path: paths, weight, task } of given) {
    const shards: Shard[] = [];
    for (const one of [paths].flat()) {
      const found = await findFiles(one);
      others.push(...found.others);
      for (const file of found.paths)
        shards.push({ ...(await openShard(file, chosen.cache === false ? undefined : cacheFolder())), task });
    }
    sources.push({ name: [paths].flat().join(", "), weight, task, shards });
  }
  const worker = chosen.worker ? createLazyWorker() : undefined;
  const heads = await headsOf(sources, chosen, worker);
  return {
    name: nameOf([given[0]?.path].flat()[0] as string),
    train: heads.train,
    validation: groupReferences(heads.validation),
    test: groupReferences(heads.test),
    tokenizer: { name: "shared", tokenizer: { name: "byte" } },
    fingerprint: fingerprintOf(sources, chosen),
    // Hours into a run is too late to refuse a pair.
    tooLong: "skip",
    stream: streamOf(sources, chosen, { heads, others, worker }),
    locate: (example) => locate(example, sources, chosen),
  };
}

interface Known {
  readonly heads: Heads;
  readonly others: readonly string[];
  readonly worker: (() => TokenWorker) | undefined;
}

/** Returns a function that starts a worker when it is asked for first. */
function createLazyWorker(): () => TokenWorker {
  let started: TokenWorker | undefined;
  return () => {
    started ??= startTokenWorker();
    return started;
  };
}

/** Bytes of a corpus whose beginning is read in a worker, to spare the memory of this thread. */
const LARGE = 2 ** 25;

function headsOf(sources: readonly Source[], options: Options, worker: Known["worker"]): Promise<Heads> {
  const shards = sources.flatMap((source) => source.shards);
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const asked = {
    ...columnsOf(options),
    ...sharesOf(options),
    ends: options.ends,
    heldOutExamples: options.heldOutExamples,
  };
  return worker && bytes >= LARGE ? worker().heads(shards, asked) : readHeads(shards, asked);
}

const sharesOf = ({ validation, test }: Options) => ({ validation, test });

function streamOf(sources: readonly Source[], options: Options, { heads, others, worker }: Known): ExampleStream {
  return {
    buffer: options.shuffle,
    files: filesOf(sources.flatMap(({ shards }) => shards)),
    notes: notesOf(sources, options, { heads, others, worker }),
    async *examples(part) {
      for await (const { example } of everyExample(sources, options))
        if (partOf(example, options) === part) yield example;
    },
    sources: ({ tokenizer, length, tooLong = "error", seed }) =>
      sources.map(({ name, weight, task, shards }) => {
        const json = tokenizer.toJson();
        const request: TokenRequest = {
          name,
          shards,
          columns: columnsOf(options),
          form: heads.form,
          ends: options.ends,
          shares: sharesOf(options),
          tokenizer: json,
          length,
          tooLong,
          seed,
          cache: tokenCacheFolder(options, json),
        };
        if (worker === undefined || !isBuiltIn(json))
          return { weight, task, blocks: (from: BlockPlace) => tokenBlocks(request, tokenizer, from) };
        // A tokenizer that the worker cannot make is an error of this thread.
        createTokenizerOf(json);
        return { weight, task, blocks: (from: BlockPlace) => worker().blocks(request, from) };
      }),
  };
}

/** The most files that are named one by one. */
const NAMED = 1000;

/** Digests of shards by their names, in front of which the folder that all of them share is left out. */
function filesOf(shards: readonly Shard[]): Readonly<Record<string, string>> {
  if (shards.length > NAMED) return {};
  const parts = shards.map(({ path }) => path.split(/[/\\]/));
  const [first = []] = parts;
  let shared = 0;
  while (shared < first.length - 1 && parts.every((other) => other[shared] === first[shared])) shared += 1;
  return Object.fromEntries(shards.map(({ sha256 }, at) => [parts[at]?.slice(shared).join("/"), sha256.slice(0, 16)]));
}

/** Vocabularies whose words are found more slowly than they are read back. */
const slow = /"name":"hugging-face"/;

function tokenCacheFolder({ cache }: Options, json: object): string | undefined {
  if (typeof cache === "string") return cache;
  return (cache ?? slow.test(JSON.stringify(json))) ? cacheFolder() : undefined;
}

const columnsOf = ({ sourceColumn, targetColumn, textColumn, maximumLineLength }: Options) => ({
  sourceColumn,
  targetColumn,
  textColumn,
  maximumLineLength,
});

async function* everyExample(sources: readonly Source[], options: Options) {
  for (const shard of sources.flatMap(({ shards }) => shards)) {
    for await (const { examples, lines } of exampleBlocks(shard, columnsOf(options)))
      for (const [at, example] of examples.entries())
        yield { example: { ...example, task: shard.task }, place: `${shard.path}:${lines[at]}` };
  }
}

async function locate(wanted: TextExample, sources: readonly Source[], options: Options): Promise<string | undefined> {
  if (!isTextPair(wanted)) return undefined;
  for await (const { example, place } of everyExample(sources, options))
    if (isTextPair(example) && example.source === wanted.source) return place;
  return undefined;
}

/** The order of files and their bytes, and what decides which examples they give. */
function fingerprintOf(sources: readonly Source[], { validation, test, ends, ...options }: Options): string {
  const parts = sources.map(({ weight, task, shards }) => ({
    weight,
    task,
    shards: shards.map(({ sha256 }) => sha256),
  }));
  const { shuffle } = options;
  const known = { parts, columns: columnsOf({ validation, test, ends, ...options }), validation, test, ends, shuffle };
  return createHash("sha256").update(JSON.stringify(known)).digest("hex");
}

/** The last part of a path that is no pattern, without endings. */
function nameOf(path: string): string {
  const parts = path
    .split(/[/\\]/)
    .filter((part) => part !== "" && !/[*?{[(]/.test(part) && part !== "." && part !== "..");
  return basename(parts.at(-1) ?? "corpus").replace(/(\.\w+){1,2}$/, "");
}

function notesOf(sources: readonly Source[], { validation, test }: Options, { heads, others }: Known): string[] {
  const shards = sources.flatMap((source) => source.shards);
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const size = bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
  const files = shards.length === 1 ? "1 file" : `${shards.length.toLocaleString("en")} files`;
  const held = [heads.validation.length, heads.test.length].map((count) => count.toLocaleString("en"));
  const of = [validation, test].map((part) => `${Number((100 * part).toPrecision(3))} %`);
  const notes = [
    `${files}, ${size}, streamed; held out by hash: ${of[0]} for validation and ${of[1]} for testing, of which the first ${held[0]} and ${held[1]} examples are looked at`,
  ];
  if (heads.form === "pairs")
    notes.push("pairs that exceed the model's length are left out, unless you say --too-long cut or --too-long error");
  if (others.length > 0) notes.push(`files passed over: ${listed(others)}`);
  return notes;
}

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");

export const corpusPlugin = dataset("corpus", corpusDataset, {
  description: "Files, folders and patterns of any size, streamed: .jsonl, .txt, .tsv (.gz, .zst), .parquet.",
  schema,
});
