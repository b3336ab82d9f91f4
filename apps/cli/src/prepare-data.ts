import { existsSync } from "node:fs";
import { ConfigError } from "@trivium/core";
import { type Dataset, encodeExamples, exampleLength, fileDataset, fitPairTokenizer } from "@trivium/data";
import type { HeldOut } from "@trivium/evaluator";
import { type Example, isTextPair, type TextExample } from "@trivium/features";
import { type PairTokenizer, pairTokenizerFromJson, type Tokenizer, type TokenizerJson } from "@trivium/text";
import type { Plugins } from "./load-registry.ts";
import type { SharedSettings } from "./settings.ts";

/** Data as a model needs it. */
export interface PreparedData {
  readonly dataset: Dataset;
  readonly tokenizer: PairTokenizer;
  readonly task: "pairs" | "text";
  /** The longest row that the model must take. */
  readonly length: number;
  readonly train: readonly Example[];
  readonly validation: readonly HeldOut[];
  readonly test: readonly HeldOut[];
}

/** Tokens of a window of text, where the user does not say. */
const textWindow = 128;

/**
 * Loads the data that the settings name, fits a tokenizer, and encodes everything.
 *
 * @throws {ConfigError} `cli/data` if none is named. @throws {DataError} naming file and line if it is broken.
 */
export async function prepareData(settings: SharedSettings, registry: Plugins): Promise<PreparedData> {
  const dataset = await loadDataset(settings, registry);
  const tokenizer = fitPairTokenizer(withTokenizer(dataset, settings.tokenizer), createTokenizer(registry));
  const length = settings.length ?? lengthFor(dataset, tokenizer);
  return {
    dataset,
    tokenizer,
    length,
    task: dataset.train.some(isTextPair) ? "pairs" : "text",
    train: encodeExamples(dataset.train, tokenizer, { length }),
    validation: heldOut(dataset.validation, tokenizer, length),
    test: heldOut(dataset.test, tokenizer, length),
  };
}

export const createTokenizer =
  (registry: Plugins) =>
  (json: TokenizerJson): Tokenizer =>
    registry.create("tokenizer", json.name, json) as Tokenizer;

export const restoreTokenizer = (json: unknown, registry: Plugins): PairTokenizer =>
  pairTokenizerFromJson(json, createTokenizer(registry));

async function loadDataset({ data, heldOut: share }: SharedSettings, registry: Plugins): Promise<Dataset> {
  const names = registry.names("dataset").filter((known) => known !== "file");
  if (data === undefined) {
    throw new ConfigError(
      "cli/data",
      `which data? Give --data a .txt, .tsv or .jsonl file, or one of: ${names.join(", ")}`,
    );
  }
  if ((names as string[]).includes(data)) return (await registry.create("dataset", data)) as Dataset;
  if (!existsSync(data)) {
    throw new ConfigError(
      "cli/data",
      `there is no file ${data} and no dataset of that name; datasets: ${names.join(", ")}`,
    );
  }
  return fileDataset({ path: data, validation: share, test: share });
}

function withTokenizer(dataset: Dataset, name: string | undefined): Dataset {
  return name === undefined ? dataset : { ...dataset, tokenizer: { name: "shared", tokenizer: { name } } };
}

/** Pairs fit whole, with room for a longer answer; text is cut into windows. */
function lengthFor({ train, validation, test }: Dataset, tokenizer: PairTokenizer): number {
  const pairs = [...train, ...validation, ...test].filter(isTextPair);
  if (pairs.length === 0) return textWindow;
  const longest = encodeExamples(pairs, tokenizer).reduce((most, example) => Math.max(most, exampleLength(example)), 0);
  return Math.ceil((longest + 8) / 8) * 8;
}

function heldOut(examples: readonly TextExample[], tokenizer: PairTokenizer, length: number): HeldOut[] {
  return examples.flatMap((text) => {
    const references = isTextPair(text)
      ? (text.references ?? [text.target]).map((one) => tokenizer.encodeTarget(one))
      : [];
    return encodeExamples([text], tokenizer, { length }).map((example) => ({ example, references }));
  });
}
