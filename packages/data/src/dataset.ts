import type { TextExample } from "@trivium/features";
import { defineKind } from "@trivium/registry";
import type { PairTokenizer, PairTokenizerJson } from "@trivium/text";
import type { TokenSource } from "./stream/token-source.ts";
import type { TooLong } from "./too-long.ts";

/** Counts of what was read to make a dataset, for summaries. */
export interface Reading {
  /** Lines of the file, or entries of another source. */
  readonly lines: number;
  /** Lines with nothing on them, which were passed over. */
  readonly blank: number;
  /** Targets that count as right, over all pairs; 0 for texts. */
  readonly references: number;
  /** Pairs that repeat the source of an earlier one. */
  readonly repeated: number;
  /** Use of repeated sources in training: their first target alone, or all. */
  readonly training: "first" | "all";
  /** Fields of JSON lines that were passed over, in order of appearance. */
  readonly ignored: readonly string[];
  /** Doubts about the form of the file. */
  readonly doubts: readonly string[];
}

/** Training examples that are not held in memory. */
export interface ExampleStream {
  /** Streams the examples of a part as text, each once, in the order of the files. */
  examples(part: "train" | "validation" | "test"): AsyncIterable<TextExample>;
  /** Returns the training examples as ids, read from wherever they lie. */
  sources(encoding: StreamEncoding): readonly TokenSource[];
  /** Number of examples of a source that are shuffled together. */
  readonly buffer: number;
  /** Digests of the files by their names, so that a resumed run can say which one is another. */
  readonly files: Readonly<Record<string, string>>;
  /** Sentences for people about the files, and what was held out. */
  readonly notes: readonly string[];
}

/** How streamed examples become ids. */
export interface StreamEncoding {
  readonly tokenizer: PairTokenizer;
  /** Positions of the model. */
  readonly length: number;
  readonly tooLong: TooLong | undefined;
  /** Decides the order of files. */
  readonly seed: number | string;
}

/** Text in three parts that share no source. A dataset knows no architecture. */
export interface Dataset {
  readonly name: string;
  /** The examples to train on; where they are streamed, the first ones, from which vocabulary and length are learned. */
  readonly train: readonly TextExample[];
  /** Held out, to be looked at while choosing. */
  readonly validation: readonly TextExample[];
  /** Held out, to be looked at once. */
  readonly test: readonly TextExample[];
  /**
   * The tokenizer that suits it, unless the user wants another: what `fitPairTokenizer` makes one from. A side with
   * nothing but a name learns its vocabulary from the training examples.
   */
  readonly tokenizer: PairTokenizerJson;
  /** SHA-256 of all examples in their order: a run that is resumed with other data is another run. */
  readonly fingerprint: string;
  /** All examples, where they do not fit into memory. Default: the parts are whole. */
  readonly stream?: ExampleStream | undefined;
  /** Counts of what was read; absent where nothing is told apart. */
  readonly reading?: Reading | undefined;
  /** Treatment of pairs that exceed the model's length, unless the user says another. Default: `"error"`. */
  readonly tooLong?: TooLong | undefined;
  /** Finds where an example of the dataset stands: `pairs.tsv:17`. */
  readonly locate?: ((example: TextExample) => Promise<string | undefined>) | undefined;
}

/**
 * The kind of dataset plugins.
 *
 * @example const { train } = await createRegistry(datasetPlugins).create("dataset", "cmudict");
 */
export const dataset = defineKind<(options: never) => Promise<Dataset>>()("dataset");
