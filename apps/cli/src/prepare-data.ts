import { statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, DataError } from "@trivium/core";
import { type Dataset, encodeExamples, fitPairTokenizer, fittingLength } from "@trivium/data";
import { fileDataset } from "@trivium/data/node";
import { encodeHeldOut, type HeldOut } from "@trivium/evaluator";
import { type Example, isTextPair } from "@trivium/features";
import { type PairTokenizer, pairTokenizerFromJson, type Tokenizer, type TokenizerJson } from "@trivium/text";
import type { Plugins } from "./load-registry.ts";
import type { SharedSettings } from "./settings.ts";

/** What a dataset consists of: sources with targets, or text alone. */
export type Task = "pairs" | "text";

/** Data as a training needs it. */
export interface PreparedData {
  readonly dataset: Dataset;
  readonly tokenizer: PairTokenizer;
  readonly task: Task;
  /** The longest row that the model must take. */
  readonly length: number;
  readonly train: readonly Example[];
  readonly validation: readonly HeldOut[];
  readonly test: readonly HeldOut[];
}

/**
 * Loads the data that the settings name, fits a tokenizer, and encodes everything.
 *
 * @throws {ConfigError} `cli/data` if none is named. @throws {DataError} naming file and line if it is broken.
 */
export async function prepareData(settings: SharedSettings, registry: Plugins): Promise<PreparedData> {
  const dataset = await loadDataset(settings, registry);
  const tokenizer = fitPairTokenizer(withTokenizer(dataset, settings.tokenizer), createTokenizer(registry));
  const length = settings.length ?? fittingLength(dataset, tokenizer);
  return {
    dataset,
    tokenizer,
    length,
    task: taskOf(dataset),
    train: encodeExamples(dataset.train, tokenizer, { length }),
    validation: encodeHeldOut(dataset.validation, tokenizer, length),
    test: encodeHeldOut(dataset.test, tokenizer, length),
  };
}

export const taskOf = ({ train }: Dataset): Task => (train.some(isTextPair) ? "pairs" : "text");

/** The tokenizer that `PairTokenizer.toJson` described. */
export const restoreTokenizer = (json: unknown, registry: Plugins): PairTokenizer =>
  pairTokenizerFromJson(json, createTokenizer(registry));

const createTokenizer =
  (registry: Plugins) =>
  (json: TokenizerJson): Tokenizer =>
    registry.create("tokenizer", json.name, json) as Tokenizer;

/** Whether it names a dataset; else it is the path of a file. */
export const isDatasetName = (data: string | undefined, registry: Plugins): boolean =>
  data !== undefined && data !== "file" && (registry.names("dataset") as readonly string[]).includes(data);

/** The data of the settings in a form that means the same from every folder. */
export const lastingData = (data: string | undefined, registry: Plugins): string | undefined =>
  data === undefined || isDatasetName(data, registry) ? data : resolve(data);

/**
 * The dataset of that name with those options, else the file.
 *
 * @throws {ConfigError} `cli/data` if there is neither, `cli/data-options` if options are given for a file; what the
 *   registry throws for options that the dataset does not take. @throws {DataError} naming file and line if it is broken.
 */
export async function loadDataset(
  { data, dataOptions, heldOut: share }: Pick<SharedSettings, "data" | "dataOptions" | "heldOut">,
  registry: Plugins,
): Promise<Dataset> {
  if (data !== undefined && isDatasetName(data, registry))
    return (await registry.create("dataset", data, dataOptions)) as Dataset;
  const there = data === undefined ? undefined : statSync(data, { throwIfNoEntry: false });
  if (data === undefined || !there) {
    const names = registry.names("dataset").filter((known) => known !== "file");
    const problem = data === undefined ? "which data?" : `there is no file ${data} and no dataset of that name.`;
    const message = `${problem} Give --data a .txt, .tsv or .jsonl file, or one of: ${names.join(", ")}`;
    throw new ConfigError("cli/data", message);
  }
  if (dataOptions !== undefined) {
    const message = `--data-options are for datasets by name, and ${data} is a file; leave them out`;
    throw new ConfigError("cli/data-options", message);
  }
  if (there.isDirectory()) throw new DataError("data/file", `cannot read ${data}: it is a folder, not a file`);
  return fileDataset({ path: data, validation: share, test: share });
}

function withTokenizer(dataset: Dataset, name: string | undefined): Dataset {
  return name === undefined ? dataset : { ...dataset, tokenizer: { name: "shared", tokenizer: { name } } };
}
