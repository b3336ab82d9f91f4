import { ConfigError } from "@trivium/core";
import {
  type Dataset,
  describeReading,
  describeUnknown,
  type ExampleStream,
  encodeExamples,
  type FittedExamples,
  fitPairTokenizer,
  fitToLength,
  fittingLength,
  type TokenSource,
} from "@trivium/data";
import { encodeHeldOut, type HeldOut } from "@trivium/evaluator";
import { type Example, isTextPair } from "@trivium/features";
import type { PairTokenizer, PairTokenizerJson, TokenizerJson } from "@trivium/text";
import type { OpenedModel, TaskForm } from "./opened-model.ts";
import type { Named, Recipe } from "./recipe.ts";
import { type Plugins, resolveArchitecture, resolveObjective, resolveTokenizer } from "./resolve.ts";
import { textLength } from "./text-length.ts";

/** Data as a training needs it. */
export interface PreparedData {
  readonly dataset: Dataset;
  readonly tokenizer: PairTokenizer;
  readonly task: TaskForm;
  /** The longest row that the model must take. */
  readonly length: number;
  /** Treatment of pairs that exceed the length. */
  readonly tooLong: Dataset["tooLong"];
  /** The encoded training part; where it is streamed, its beginning. */
  readonly train: readonly Example[];
  /** The whole training part, where it is streamed. */
  readonly stream?: PreparedStream | undefined;
  /** Encodes a held-out part, or its first examples. */
  heldOut(part: "validation" | "test", limit?: number): readonly HeldOut[];
  /** Sentences for people: what was read, what was done about pairs that exceed the length, and unknown tokens. */
  readonly notes: readonly string[];
}

/** Training examples that are streamed. */
export interface PreparedStream extends Pick<ExampleStream, "buffer"> {
  /** Returns the sources of a run with this seed. */
  sources(seed: number): readonly TokenSource[];
}

/** A dataset by its name, with options as plain JSON. */
interface NamedDataset extends Pick<Named, "name"> {
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** Loads a dataset. */
export type LoadDataset = (name: string, options: NamedDataset["options"]) => Promise<Dataset>;

export interface PrepareDataOptions {
  /** Loads a dataset. Default: the registry, anew each time. */
  readonly load?: LoadDataset | undefined;
  /** A trained model that goes on, whose tokenizer encodes the data. Default: a tokenizer that is fitted to the data. */
  readonly base?: Pick<OpenedModel, "tokenizer" | "length"> | undefined;
}

/** Returns whether examples are pairs or texts. */
export const taskOf = ({ train }: Pick<Dataset, "train">): TaskForm => (train.some(isTextPair) ? "pairs" : "text");

/**
 * Loads a dataset.
 *
 * @throws {ConfigError} `compose/data` if none is named; what the registry throws for options that it does not take.
 * @throws {DataError} naming file and line if it is broken.
 */
export async function resolveDataset(data: NamedDataset | undefined, registry: Plugins): Promise<Dataset> {
  return (await registry.create("dataset", named(data, registry).name, data?.options)) as Dataset;
}

function named(data: NamedDataset | undefined, registry: Plugins): NamedDataset {
  if (data) return data;
  const names = registry.names("dataset").join(", ");
  const message = `the recipe names no data; give it { "data": { "name": … } }, one of: ${names}`;
  throw new ConfigError("compose/data", message);
}

/**
 * Loads the data of a recipe, fits a tokenizer, and encodes the training part.
 *
 * @throws what `resolveDataset` and the tokenizer throw; `data/too-long` with the place of a pair that exceeds the length,
 *   unless the recipe, or else the dataset, says that such pairs are left out or cut.
 */
export async function prepareData(
  recipe: Pick<Recipe, "data" | "tokenizer" | "length" | "examples" | "tooLong"> &
    Partial<Pick<Recipe, "architecture" | "objective">>,
  registry: Plugins,
  { load = (name, options) => resolveDataset({ name, options }, registry), base }: PrepareDataOptions = {},
): Promise<PreparedData> {
  const { name, options } = named(recipe.data, registry);
  const dataset = await load(name, options);
  const asked = { tokenizer: tokenizersOf(recipe.tokenizer, dataset.tokenizer), train: dataset.train };
  const tokenizer = base?.tokenizer ?? fitPairTokenizer(asked, resolveTokenizer(registry));
  const tooLong = recipe.tooLong ?? dataset.tooLong;
  const { length, parts } = await fitParts({ ...dataset, tooLong }, tokenizer, { ...recipe, most: base?.length });
  const { train, validation, test } = parts;
  const encodedLength = textLengthOf(recipe, registry, { tokenizer, length });
  const encoded = encodeExamples(train.examples, tokenizer, { length: encodedLength });
  const notes = [
    ...describeReading(dataset),
    describeUnknown("the training data", train.examples, tokenizer, encoded),
    describeUnknown("the held-out data", [...validation.examples, ...test.examples], tokenizer),
    noteTooLong([train, validation, test], length, tooLong),
  ];
  return {
    dataset,
    tokenizer,
    task: taskOf(dataset),
    length,
    tooLong,
    train: encoded,
    stream: streamOf(dataset, recipe, { tokenizer, length: encodedLength, tooLong }),
    heldOut: (part, limit) =>
      encodeHeldOut({ validation, test }[part].examples.slice(0, limit), tokenizer, encodedLength),
    notes: notes.filter((note) => note !== undefined),
  };
}

/** The stream of a dataset, unless a recipe asks for the first examples alone. @throws {ConfigError} `compose/examples`. */
function streamOf(
  { stream, train, name }: Dataset,
  { examples }: Pick<Recipe, "examples">,
  encoding: Pick<PreparedData, "tokenizer" | "length" | "tooLong">,
): PreparedStream | undefined {
  if (stream === undefined || (examples !== undefined && examples <= train.length)) return undefined;
  if (examples !== undefined) {
    const first = train.length.toLocaleString("en");
    const message = `examples: of ${name}, which is streamed, the first ${first} at most can be asked for, got ${examples}; leave it out to train on all`;
    throw new ConfigError("compose/examples", message);
  }
  return { buffer: stream.buffer, sources: (seed) => stream.sources({ ...encoding, seed }) };
}

/** The length to which data is encoded, for the objective of a recipe if it names one. */
function textLengthOf(
  { architecture, objective }: Partial<Pick<Recipe, "architecture" | "objective">>,
  registry: Plugins,
  { tokenizer, length }: Pick<PreparedData, "tokenizer" | "length">,
): number {
  if (architecture === undefined || objective?.name === undefined) return length;
  const resolved = resolveObjective(objective, resolveArchitecture(architecture, registry), registry);
  return textLength(resolved, tokenizer.special, length);
}

/** The length of the model, and the parts of a dataset with pairs of at most that length. */
async function fitParts(
  dataset: Dataset,
  tokenizer: PairTokenizer,
  recipe: Pick<Recipe, "length" | "examples"> & { readonly most?: number | undefined },
) {
  const asked = dataset.train.slice(0, recipe.examples);
  const { length: fitting, longest } =
    recipe.length === undefined
      ? fittingLength({ ...dataset, train: asked }, tokenizer)
      : { length: recipe.length, longest: Infinity };
  const length = Math.min(fitting, recipe.most ?? Infinity);
  const { tooLong, locate, validation, test } = dataset;
  const fit = (examples: Dataset["train"]): FittedExamples | Promise<FittedExamples> =>
    longest <= length
      ? { examples, tooLong: 0, longest }
      : fitToLength(examples, tokenizer, { length, tooLong, locate, isNew: true });
  const fitted = await fit(asked);
  return { length, parts: { train: fitted, validation: await fit(validation), test: await fit(test) } };
}

function noteTooLong(parts: readonly FittedExamples[], length: number, done: Dataset["tooLong"]): string | undefined {
  const count = parts.reduce((sum, { tooLong }) => sum + tooLong, 0);
  if (count === 0) return undefined;
  const longest = Math.max(...parts.map((part) => part.longest));
  const [many, be] = count === 1 ? ["1 pair exceeds", "is"] : [`${count.toLocaleString("en")} pairs exceed`, "are"];
  return `${many} the length, ${length}, and ${be} ${done === "cut" ? "cut" : "left out"}; the longest takes ${longest}`;
}

/** The tokenizers that a recipe asks for; a side that is not named keeps the one that the dataset asks for. */
function tokenizersOf(asked: Recipe["tokenizer"], usual: PairTokenizerJson): PairTokenizerJson {
  if (asked === undefined) return usual;
  if ("name" in asked) return { name: "shared", tokenizer: jsonOf(asked) };
  const [source, target] = usual.name === "shared" ? [usual.tokenizer, usual.tokenizer] : [usual.source, usual.target];
  return {
    name: "disjoint",
    source: asked.source ? jsonOf(asked.source) : source,
    target: asked.target ? jsonOf(asked.target) : target,
  };
}

const jsonOf = ({ name, options }: Named): TokenizerJson => ({ ...options, name });
