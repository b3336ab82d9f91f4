import { ConfigError, createRandom } from "@trivium/core";
import { type Example, type Features, isPair, toPackedBatch } from "@trivium/features";
import { type BatchShape, gradientBytes, type LanguageModel, shapeOf } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { type Backend, countSpecs, flattenSpecs } from "@trivium/tensor";
import type { Optimizer } from "@trivium/trainer";
import type { PreparedData } from "./prepare-data.ts";
import type { Recipe } from "./recipe.ts";
import type { TrainedPart } from "./trained-part.ts";

/** Memory of tensors in a training, in bytes. */
export interface TrainingMemory {
  /** The most that a step takes: parameters, optimiser state, gradients, and what is kept for them. */
  readonly bytes: number;
  /** The most that the backend has. */
  readonly limitBytes: number;
}

/** A micro-batch that fits, and the memory that it takes. */
export interface FittedBatch {
  /** Undefined for the whole batch. */
  readonly microBatch: number | undefined;
  /** Undefined where the backend knows no limit. */
  readonly memory: TrainingMemory | undefined;
}

/** What is to be trained, and how. */
export interface FitRequest {
  readonly recipe: Pick<Recipe, "batch" | "microBatch" | "shards" | "packing" | "openRows" | "bucketBatches">;
  readonly model: LanguageModel;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly data: Pick<PreparedData, "train" | "tokenizer">;
  readonly backend: Pick<Backend, "name" | "memory"> | undefined;
  readonly recompute: boolean;
  /** The part of the model that is trained. Default: all of it. */
  readonly trained?: Pick<TrainedPart, "specs" | "besides" | "perToken"> | undefined;
}

/** Number of examples whose rows are looked at, besides the longest ones. */
const SAMPLED = 256;
/** Number of examples that are unlikely to be long all together. */
const LEAST_MIXED = 32;
/** Sizes are rounded up to those that memory is kept in. */
const ROUNDING = 1.04;
/** The share of the limit that is given out: the rest lies in pieces between tensors. */
export const USABLE = 0.9;

/**
 * Finds the micro-batch of a training: the one that was asked for if a step of the longest rows fits into memory with it, or
 * under `"auto"` the largest even part of the batch that does.
 *
 * @throws {ConfigError} `compose/memory` with the bytes of a step, those that there are, and the micro-batch that fits.
 */
export function fitMicroBatch(request: FitRequest): FittedBatch {
  const { recipe, backend } = request;
  const { microBatch } = recipe;
  const asked = microBatch === "auto" ? undefined : microBatch;
  const { memory } = backend ?? {};
  if (!memory) return { microBatch: asked, memory: undefined };
  const { limitBytes } = memory;
  const whole = Math.ceil(recipe.batch / recipe.shards);
  const bytesOf = stepBytes(request, whole);
  const wanted = Math.min(whole, asked ?? whole);
  const bytes = bytesOf(wanted);
  if (bytes <= USABLE * limitBytes) return { microBatch: asked, memory: { bytes, limitBytes } };
  const fitting = largestPart(whole, (part) => part < wanted && bytesOf(part) <= USABLE * limitBytes);
  if (microBatch !== "auto" || fitting === undefined) throw tooLarge(request, { wanted, bytes, limitBytes, fitting });
  return { microBatch: fitting, memory: { bytes: bytesOf(fitting), limitBytes } };
}

/** The largest even part of a batch for which something holds. */
function largestPart(whole: number, holds: (part: number) => boolean): number | undefined {
  for (let parts = 2; parts <= 2 * whole; parts++) {
    const part = Math.ceil(whole / parts);
    if (holds(part)) return part;
    if (part === 1) return undefined;
  }
  return undefined;
}

/** A function from the examples of a micro-batch to the bytes of a step. */
function stepBytes(
  { recipe, model, objective, data, optimizer, recompute, trained = { specs: model.specs, besides: 0 } }: FitRequest,
  whole: number,
) {
  const shapeWith = longestShape({ recipe, objective, data });
  const specs = Object.entries(flattenSpecs(trained.specs));
  const shapes = Object.fromEntries(specs.map(([path, { shape }]) => [path, shape]));
  const [all, parameters] = [countSpecs(model.specs) + trained.besides, countSpecs(trained.specs)];
  const { state, update } = optimizer.floats?.(shapes) ?? { state: 2 * parameters, update: 0 };
  const largest = Math.max(...Object.values(shapes).map((shape) => shape.reduce((size, side) => size * side, 1)));
  return (examples: number): number => {
    const shape = shapeWith(examples);
    const tokens = shape.rows * Object.values(shape.lengths).reduce((sum, length) => sum + length, 0);
    const gradients = gradientBytes(model, shape, { recompute }) + 4 * tokens * (trained.perToken ?? 0);
    // The gradients of micro-batches are added up, those of shards along a tree.
    const sums = (examples < whole ? 1 : 0) + Math.ceil(Math.log2(recipe.shards));
    const adding = sums === 0 ? 0 : (sums + 1) * parameters + largest;
    const most = Math.max(gradients + 4 * sums * parameters, 4 * adding, 4 * (parameters + update));
    return ROUNDING * (4 * (all + state) + most);
  };
}

/** A function from a number of examples to the largest shape of a batch of so many. */
function longestShape({ recipe, objective, data }: Pick<FitRequest, "recipe" | "objective" | "data">) {
  const { packing, openRows, bucketBatches } = recipe;
  const { train, tokenizer } = data;
  const { special } = tokenizer;
  const random = createRandom("memory");
  const featuresOf = (index: number): Features =>
    objective.features(train[index] as Example, { special, tokenizer, random: random.split(index) });
  const step = Math.max(1, train.length / SAMPLED);
  const spread = Array.from({ length: Math.min(train.length, SAMPLED) }, (_, at) => Math.floor(at * step));
  const sampled = spread.map(featuresOf);
  const longest = longestOf(train).map(featuresOf);
  const { lengths } = shapeOf([...longest, ...sampled]);
  if (packing === undefined) return (rows: number): BatchShape => ({ rows, lengths });
  const descending = [...longest, ...sampled].sort((a, b) => sizeOf(b) - sizeOf(a));
  return (examples: number): BatchShape => {
    // A few examples, or examples of similar lengths, may all be long.
    const mayBeLong = examples < LEAST_MIXED || bucketBatches > 1;
    const chosen = mayBeLong ? repeated(descending, examples) : repeated(sampled, Math.ceil(1.1 * examples));
    const { size, streams } = toPackedBatch(chosen, { pad: special.pad, length: packing });
    // Other examples may fill the rows less evenly.
    const padded = Object.entries(streams).map(([name, { length }]) => {
      const own = lengths[name] ?? 0;
      const filled = openRows === undefined ? Math.max(Math.ceil(1.25 * length), own) : Infinity;
      return [name, Math.min(Math.max(packing, own), filled)] as const;
    });
    return { rows: size, lengths: Object.fromEntries(padded) };
  };
}

const sizeOf = ({ streams }: Features): number => Math.max(...Object.values(streams).map((ids) => ids.length));

/** The first items of a list, which begins again as often as need be. */
const repeated = <T>(items: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, at) => items[at % items.length] as T);

/** The examples with the longest source, the longest target and the most tokens. */
function longestOf(train: readonly Example[]): number[] {
  const sizes = [
    (example: Example) => (isPair(example) ? example.source.length : 0),
    (example: Example) => (isPair(example) ? example.target.length : 0),
    (example: Example) => (isPair(example) ? example.source.length + example.target.length : example.tokens.length),
  ];
  const longest = sizes.map((size) =>
    train.reduce((best, example, index) => (size(example) > size(train[best] as Example) ? index : best), 0),
  );
  return [...new Set(longest)];
}

interface TooLarge {
  readonly wanted: number;
  readonly bytes: number;
  readonly limitBytes: number;
  readonly fitting: number | undefined;
}

function tooLarge({ backend, recompute }: FitRequest, { wanted, bytes, limitBytes, fitting }: TooLarge): ConfigError {
  const examples = wanted === 1 ? "one example" : `${wanted} examples`;
  const problem =
    `a training step with ${examples} at once takes up to ${gigabytes(bytes)}, and backend "${backend?.name}" ` +
    `has ${gigabytes(USABLE * limitBytes)} for it`;
  const again = recompute ? "" : ", or run layers again in the backward pass (--recompute)";
  const remedy =
    fitting === undefined
      ? `No micro-batch fits; make the model or its length smaller${again}`
      : `Set microBatch to ${fitting} or "auto" (--micro-batch ${fitting}): gradients of micro-batches add up${again}`;
  return new ConfigError("compose/memory", `${problem}. ${remedy}`, {
    details: { bytes, limitBytes, microBatch: fitting },
  });
}

/**
 * Bytes in words for people.
 *
 * @example gigabytes(2_500_000_000) // => "2.50 GB"
 */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`;
