import { existsSync } from "node:fs";
import { type Named, type OpenedModel, resolveDataset, taskOf, textLength } from "@trivium/compose";
import { DataError, TriviumError } from "@trivium/core";
import { type Dataset, describeReading, describeUnknown, fitToLength, groupReferences } from "@trivium/data";
import { encodeHeldOut, type HeldOut } from "@trivium/evaluator";
import { isTextPair, type TextExample } from "@trivium/features";
import type { Output } from "./output.ts";
import { dataOfFlags, isDatasetName } from "./recipe-of-flags.ts";

export interface HeldOutRequest {
  /** What `--data` says, if it was given. */
  readonly given?: string | undefined;
  /** The command's flags, of which those of data files say how it is read. */
  readonly flags?: Readonly<Record<string, unknown>> | undefined;
  /** Whether examples that the model was trained on are refused, or scored with a warning. */
  readonly seen: "refuse" | "warn";
  readonly output: Pick<Output, "note">;
}

/** What a model is to be scored on. */
export interface HeldOutData {
  /** The name of the dataset. */
  readonly name: string;
  readonly heldOut: readonly HeldOut[];
  /** How many of them have a source that the model was trained on; absent if the training data cannot be read. */
  readonly seen?: number | undefined;
  /** Number of pairs that exceed the model's length, and were left out or cut. */
  readonly tooLong: number;
}

/**
 * The test part of the data that the model was trained on, wherever a copy of it stands; else the test part of another
 * dataset, or all of another file, after a look whether the model was trained on some of it.
 *
 * @throws {DataError} `cli/other-data` if the training data has changed since, `cli/missing-data` if it is gone,
 *   `cli/task` if there are pairs for text or text for pairs, `cli/seen` if the model was trained on some of it.
 */
export async function prepareHeldOut(run: OpenedModel, request: HeldOutRequest): Promise<HeldOutData> {
  const dataset = await (request.given === undefined ? ownData(run) : otherData(request.given, run, request.flags));
  const { name } = dataset;
  if (taskOf(dataset) !== run.task) {
    const [wanted, got] = run.task === "pairs" ? ["pairs", "text"] : ["text", "pairs"];
    throw new DataError("cli/task", `the model was trained on ${wanted}, but ${request.given ?? name} holds ${got}`);
  }
  if (dataset.fingerprint === run.data) {
    if (dataset.test.length > 0) return { name, ...(await encode(dataset.test, { run, dataset, request })), seen: 0 };
    const problem = `nothing of ${name} was held out for testing; give --data a file that the model has not seen`;
    const remedy = `or score what it was trained on with --data ${request.given ?? "FILE"} --seen warn`;
    if (request.given === undefined || request.seen === "refuse")
      throw new DataError("cli/held-out", `${problem}, ${remedy}`);
  }
  // Of another file nothing was held out: all of it is to be scored, unless it is streamed.
  const isNamed = request.given !== undefined && isDatasetName(request.given, run.registry) && dataset.test.length > 0;
  const all = [...dataset.train, ...dataset.validation, ...dataset.test];
  const isPart = isNamed || (dataset.stream !== undefined && dataset.test.length > 0);
  const examples = isPart ? dataset.test : groupReferences(all);
  const seen = await countSeen(examples, run, request);
  return { name, ...(await encode(examples, { run, dataset, request })), seen };
}

interface Encoding {
  readonly run: OpenedModel;
  readonly dataset: Dataset;
  readonly request: HeldOutRequest;
}

async function encode(examples: readonly TextExample[], { run, dataset, request }: Encoding) {
  const { tokenizer, length } = run;
  const asked = (request.flags?.tooLong as Dataset["tooLong"]) ?? run.recipe.tooLong ?? dataset.tooLong;
  const fitted = await fitToLength(examples, tokenizer, { length, tooLong: asked, locate: dataset.locate });
  const { tooLong, longest } = fitted;
  if (request.given !== undefined) for (const note of describeReading(dataset)) request.output.note(note);
  if (tooLong > 0) {
    const done = asked === "cut" ? "were cut" : "were left out";
    request.output.note(
      `warning: ${tooLong} of ${examples.length} pairs exceed the model's length, ${length}, and ${done}; the longest takes ${longest}`,
    );
  }
  const unknown = describeUnknown("the held-out data", fitted.examples, tokenizer);
  if (unknown !== undefined) request.output.note(unknown);
  return {
    heldOut: encodeHeldOut(fitted.examples, tokenizer, textLength(run.objective, tokenizer.special, length)),
    tooLong,
  };
}

async function ownData({ recipe, registry, name, data }: OpenedModel): Promise<Dataset> {
  const path = String(recipe.data?.options?.path ?? recipe.data?.name);
  if (recipe.data?.name === "file" && !existsSync(String(path))) {
    const problem = `${name} was trained on ${path}, which is not there any more`;
    throw new DataError("cli/missing-data", `${problem}; put it back, or say with --data where it is now`);
  }
  const dataset = await resolveDataset(recipe.data, registry);
  if (dataset.fingerprint === data) return dataset;
  const problem = `${path} has changed since ${name} was trained, so the model may have seen some of the test part`;
  throw new DataError("cli/other-data", `${problem}; restore the file, or give --data a file that it has not seen`);
}

/** Loads data, split as the training data was, so that a copy of it is known by its fingerprint. */
async function otherData(
  given: string,
  { recipe: { data }, registry }: OpenedModel,
  { sourceColumn, targetColumn }: Readonly<Record<string, unknown>> = {},
): Promise<Dataset> {
  const named = dataOfFlags({ data: given, sourceColumn, targetColumn }, registry) as Named;
  const isOwn = named.name === data?.name;
  const options = { ...(isOwn ? data.options : undefined), ...named.options };
  try {
    return await resolveDataset({ name: named.name, options }, registry);
  } catch (error) {
    // The training data could be split, so this is another file.
    if (!DataError.is(error, "data/too-few")) throw error;
    return resolveDataset({ name: named.name, options: { ...options, validation: 0, test: 0 } }, registry);
  }
}

async function countSeen(
  examples: readonly TextExample[],
  run: OpenedModel,
  { given, seen, output }: HeldOutRequest,
): Promise<number | undefined> {
  const trained = await ownData(run).catch((error: unknown) => {
    if (!TriviumError.is(error)) throw error;
    output.note(`warning: whether the model was trained on some of ${given} is unknown: ${error.message}`);
  });
  if (!trained) return undefined;
  const asked = new Set(examples.map(sourceOf));
  const sources = new Set<string>();
  for await (const example of trained.stream?.examples("train") ?? trained.train)
    if (asked.has(sourceOf(example))) sources.add(sourceOf(example));
  const known = examples.filter((example) => sources.has(sourceOf(example)));
  const [first] = known;
  if (!first) return 0;
  const some = JSON.stringify(sourceOf(first).slice(0, 40));
  const problem = `the model was trained on ${known.length} of the ${examples.length} sources of ${given}, such as ${some}`;
  const remedy = "leave them out, or score them all the same with --seen warn";
  if (seen === "refuse") throw new DataError("cli/seen", `${problem}; ${remedy}`, { details: { seen: known.length } });
  output.note(`warning: ${problem}`);
  return known.length;
}

const sourceOf = (example: TextExample): string => (isTextPair(example) ? example.source : example.text);
