import { ConfigError, nearestName } from "@trivium/core";
import { tooLongSchema } from "@trivium/data";
import { modelConfigSchema, positionKinds } from "@trivium/model";
import { z } from "zod";
import { describeValues } from "./describe-values.ts";
import { withoutDefaults } from "./without-defaults.ts";

const count = z.int().positive();
const countOr = (fallback: number, description: string) => count.default(fallback).describe(description);
const countOrNone = (description: string) => count.optional().describe(description);
const name = z.string().min(1);
const options = z.record(z.string(), z.json());

const named = z.strictObject({ name: name.meta({ examples: ["byte"] }), options: options.optional() });
const namedOr = (fallback: string, description: string) =>
  z.strictObject({ name: name.default(fallback).describe(description), options: options.optional() }).prefault({});
const nameable = z.strictObject({ name: name.optional(), options: options.optional() });

const model = withoutDefaults(modelConfigSchema.omit({ vocabulary: true, length: true }).shape);
/** The name of a plugin, which JSON that does not parse is not. */
const pluginName = z.string().regex(/^[a-z][a-z0-9-]*$/);
const isForeign = ({ kind }: { readonly kind: string }): boolean => !positionKinds.some((known) => known === kind);
/** Positions of a kind that the model has, or that a registry has. */
const positions = z.union([
  model.positions.unwrap(),
  pluginName,
  z.looseObject({ kind: pluginName }).refine(isForeign),
]);

const fields = {
  $schema: z.string().optional().describe("Where an editor finds the JSON Schema of recipes"),
  plugins: z.array(z.string()).default([]).describe("Files or packages with plugins of your own"),
  architecture: name.default("causal").describe("See `trivium list architecture`"),
  model: z
    .strictObject({ ...model, positions: positions.optional().describe(model.positions.description ?? "") })
    .prefault({})
    .describe("The model's configuration"),
  length: countOrNone("The longest row of any stream, in tokens. Default: the length that the data needs"),
  objective: nameable.prefault({}).describe("Default: the objective that fits the architecture"),
  labelLeaks: z
    .enum(["refuse", "warn"])
    .default("refuse")
    .describe("The answer to a target that its predictor can see"),
  tokenizer: z
    .union([named, z.strictObject({ source: named.optional(), target: named.optional() })])
    .optional()
    .describe("One for both sides, or { source, target }. Default: the tokenizer that suits the data"),
  data: named
    .meta({ examples: [{ name: "cmudict" }, { name: "file", options: { path: "words.tsv" } }] })
    .optional()
    .describe("A dataset; your own file is { name: file, options: { path } }"),
  tooLong: tooLongSchema
    .optional()
    .describe("Pairs that exceed the model's length: refuse all, leave those out, or cut them. Default: error"),
  examples: countOrNone("The first training examples, so many of them. Default: all"),
  optimizer: namedOr("adam-w", "See `trivium list optimizer`"),
  average: z
    .strictObject({
      decay: z.number().min(0).lt(1).describe("Decay of a moving average of the weights, to evaluate and keep"),
    })
    .optional(),
  schedule: namedOr("warmup-cosine", "See `trivium list schedule`"),
  backend: namedOr("simd", "The backend: see `trivium list backend`"),
  attention: nameable.prefault({}).describe("The attention kernel. Default: fused where the backend has it"),
  steps: countOr(1000, "Optimiser steps"),
  batch: countOr(64, "Examples of a step"),
  microBatch: z
    .union([count, z.literal("auto")])
    .optional()
    .describe("Examples that are computed at once; gradients are added up. auto: what fits. Default: the batch"),
  bucketBatches: countOr(1, "Batches that are formed together, by length: more save padding and mix examples less"),
  packing: countOrNone("Tokens of a packed row: examples share rows, with almost no padding. Default: a row each"),
  openRows: countOrNone(
    "Packed rows that wait for fitting examples of later steps: 16 leave hardly any padding. Default: each step is packed by itself",
  ),
  shards: countOr(1, "Parts into which a step's batch is cut, each of them summed by itself"),
  clipNorm: z.number().min(0).default(1).describe("Largest global norm of the gradient; 0 for none"),
  from: name
    .optional()
    .describe("A trained model to go on from: a run, a folder of Hugging Face's, a .gguf file, owner/name of the hub"),
  freeze: z
    .array(name)
    .min(1)
    .optional()
    .describe("Parameters that stay as they are, by patterns of their paths: embed*,**.layers.0"),
  lora: z
    .strictObject({
      rank: count.describe("Trains low-rank adapters of that rank beside the model, which stays as it is"),
      alpha: z.number().positive().optional().describe("Adapters count alpha / rank times. Default: the rank"),
      targets: z
        .array(name)
        .min(1)
        .optional()
        .describe("Matrices with adapters, by patterns of their paths (default: **.query,**.value)"),
      dropout: z
        .number()
        .min(0)
        .lt(1)
        .optional()
        .describe("Share of a map's inputs that its adapter does not see, drawn for each token. Default: 0"),
    })
    .optional(),
  seed: z.int().default(0).describe("Decides initial weights, the order of the data and dropout"),
  faults: z
    .strictObject({
      action: z
        .enum(["stop", "skip", "roll-back"])
        .default("stop")
        .describe("The answer to a loss that is NaN or diverges: stop, leave updates out, or go back to a checkpoint"),
      limit: countOrNone("Skipped steps in a row, or roll-backs, before it stops all the same. Default: 5"),
      factor: z.number().positive().lt(1).optional().describe("Factor of the rate for each roll-back. Default: 0.5"),
    })
    .optional(),
  evaluation: z
    .strictObject({
      every: countOrNone("Steps between two evaluations. Default: a fifth of the steps"),
      onFailure: z
        .enum(["warn", "stop"])
        .default("warn")
        .describe("The answer to an evaluation that fails; stop saves a checkpoint of its step"),
      best: name.optional().describe("The metric whose best checkpoints are kept, such as targetLoss. Default: none"),
      better: z.enum(["lower", "higher"]).optional().describe("Which values of it are better. Default: lower"),
      keepBest: z.int().min(0).optional().describe("Checkpoints of the best evaluations to keep. Default: 1"),
      patience: countOrNone("Evaluations without a better value after which it stops early. Default: it goes on"),
      decoded: z.int().min(0).default(2000).describe("Held-out examples that are decoded and scored"),
    })
    .prefault({}),
  checkpoint: z
    .strictObject({
      every: countOr(100, "Steps between two checkpoints"),
      keep: countOr(2, "Checkpoints to keep"),
    })
    .prefault({}),
};

/** The schema of recipes: everything that a training depends on, as one JSON document. */
export const recipeSchema = z.strictObject(fields);

/** A recipe as a person writes it: every field has a default but the data. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** A complete recipe. */
export type Recipe = z.output<typeof recipeSchema>;

/** A plugin by its name, with its options. */
export type Named = z.output<typeof named>;

/** The JSON Schema of recipes, for editors: `{ "$schema": … }` at the head of a recipe names a copy of it. */
export const recipeJsonSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(recipeSchema, { io: "input", unrepresentable: "any" });

/**
 * Reads a recipe from plain JSON, and fills in the defaults.
 *
 * @param place - the name of what is read, for messages: the path of a file.
 * @throws {ConfigError} `compose/recipe`, one line that names the place, the field and what it takes.
 * @example readRecipe({ architecture: "prefix", model: { width: 64 } }).steps // => 1000
 */
export function readRecipe(value: unknown, place = "recipe"): Recipe {
  const read = recipeSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues as [z.core.$ZodIssue];
  throw new ConfigError("compose/recipe", `${place}: ${describeIssue(issue, value)}`, { cause: read.error });
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const field = fieldAt(issue.path);
  const at = issue.path.map((key) => `${String(key)}`).join(".");
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys as [string];
    const nearest = nearestName(key, namesIn(field));
    return `there is no "${at ? `${at}.` : ""}${key}"${nearest ? `; did you mean "${nearest}"?` : ""}`;
  }
  const got = JSON.stringify(issue.path.reduce<unknown>((inner, key) => (inner as never)?.[key], value))?.slice(0, 60);
  const expected = field ? describeValues(field) : issue.message;
  return `${at ? `${at}: ` : ""}${at ? expected : "an object of fields"}, got ${got ?? "nothing"}`;
}

/**
 * The schema of a field of recipes; undefined inside of options.
 *
 * @example describeValues(fieldAt(["checkpoint", "every"])) // => "a whole number from 1"
 */
export function fieldAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  let field: z.ZodType | undefined = recipeSchema;
  for (const key of path) {
    const object: z.ZodType = bare(field);
    field = object instanceof z.ZodObject ? object.shape[key as string] : undefined;
    if (!field) return undefined;
  }
  return field;
}

const namesIn = (field: z.ZodType | undefined): string[] => {
  const object = field && bare(field);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
};

function bare(field: z.ZodType): z.ZodType {
  const isWrapped = field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodPrefault;
  return isWrapped ? bare(field.unwrap() as z.ZodType) : field;
}
