import type { TextExample } from "@trivium/features";
import { defineKind } from "@trivium/registry";
import type { PairTokenizerJson } from "@trivium/text";
import type { TooLong } from "./fit-to-length.ts";
import type { Reading } from "./reading.ts";

/** Text in three parts that share no source. A dataset knows no architecture. */
export interface Dataset {
  readonly name: string;
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
