import { fieldAt } from "@trivium/compose";
import { modelConfigSchema } from "@trivium/model";
import { z } from "zod";

/** A flag of a field of the recipe. */
export interface RecipeFlag {
  /** The place of the field in the recipe. */
  readonly at: readonly string[];
  readonly field: z.ZodType;
}

const name = z.string().min(1);
const column = z.union([z.int().positive(), name]);
const options = z.record(z.string(), z.json());
const amount = z.number().min(0);

/** The flag of a field that the recipe describes, or of another type. */
const flag = (path: string, field?: z.ZodType): RecipeFlag => {
  const at = path.split(".");
  return { at, field: field ?? (fieldAt(at) as z.ZodType) };
};

/** The flag of an option, which its plugin alone knows: `"objective.loss"`. */
const option = (path: string, field: z.ZodType, description: string): RecipeFlag =>
  flag(path.replace(".", ".options."), field.describe(description));

/** The names of a plugin and of its options: `objective` and `objectiveOptions`. */
const kind = (path: string, description?: string): Record<string, RecipeFlag> => ({
  [path]: flag(`${path}.name`, description === undefined ? undefined : name.describe(description)),
  [`${path}Options`]: flag(`${path}.options`, options.describe(`Options of the ${path}, as JSON`)),
});

const modelFields = Object.keys(modelConfigSchema.omit({ vocabulary: true, length: true }).shape);

/** The flags of recipes by name. A later flag wins where two set the same field. */
const flags: Readonly<Record<string, RecipeFlag>> = {
  ...kind("tokenizer", "byte, character, symbol, or a tokenizer.json, for both sides. Default: what suits the data"),
  sourceTokenizer: flag("tokenizer.source.name", name.describe("The source's own. Default: what suits the data")),
  sourceTokenizerOptions: flag("tokenizer.source.options", options.describe("Its options, as JSON")),
  targetTokenizer: flag("tokenizer.target.name", name.describe("The target's own. Default: what suits the data")),
  targetTokenizerOptions: flag("tokenizer.target.options", options.describe("Its options, as JSON")),
  tooLong: flag("tooLong"),
  examples: flag("examples"),
  architecture: flag("architecture"),
  ...kind("objective", "See `trivium list objective`. Default: the one that fits the architecture"),
  loss: option("objective.loss", z.enum(["all", "target"]), "causal-lm: loss on every token, or on the target's"),
  labelSmoothing: option("objective.labelSmoothing", amount.lt(1), "Probability mass spread over the vocabulary"),
  zLoss: option("objective.zLoss", amount, "Coefficient of the squared log-normaliser"),
  modelOptions: flag("model", options.describe("Options of the model, as JSON")),
  length: flag("length"),
  steps: flag("steps"),
  batch: flag("batch"),
  ...kind("schedule"),
  learningRate: option("schedule.peak", z.number().positive(), "The peak of the schedule (default: 0.001)"),
  warmupSteps: option("schedule.warmupSteps", z.int().min(0), "Default: a tenth of the steps"),
  totalSteps: option("schedule.steps", z.int().positive(), "The length of the schedule. Default: the steps of the run"),
  ...kind("optimizer"),
  from: flag("from"),
  freeze: flag("freeze"),
  loraRank: flag("lora.rank"),
  loraAlpha: flag("lora.alpha"),
  loraTargets: flag("lora.targets"),
  loraDropout: flag("lora.dropout"),
  weightDecay: option(
    "optimizer.weightDecay",
    amount,
    "Weight decay of matrices; norms and biases have none (default: 0.01)",
  ),
  averageDecay: flag("average.decay"),
  seed: flag("seed"),
  microBatch: flag("microBatch"),
  bucketBatches: flag("bucketBatches"),
  packing: flag("packing"),
  openRows: flag("openRows"),
  shards: flag("shards"),
  clipNorm: flag("clipNorm"),
  onFault: flag("faults.action"),
  faultLimit: flag("faults.limit"),
  faultFactor: flag("faults.factor"),
  labelLeaks: flag("labelLeaks"),
  ...kind("backend"),
  threads: option(
    "backend.threads",
    z.int().positive(),
    "Threads of the backend, the main one included. Default: one for each core",
  ),
  gemm: option(
    "backend.gemm",
    name,
    "What multiplies large matrices: see `trivium doctor`. Default: the first that is there",
  ),
  precision: option(
    "backend.precision",
    z.enum(["f32", "bf16", "auto"]),
    "bf16 rounds the inputs of large matrix products; auto measures, and does so where it is faster. Default: f32",
  ),
  ...kind("attention", "The attention kernel: see `trivium list attention`. Default: fused where the backend has it"),
  decoded: flag("evaluation.decoded"),
  evaluateEvery: flag("evaluation.every"),
  evaluationFailure: flag("evaluation.onFailure"),
  best: flag("evaluation.best"),
  better: flag("evaluation.better"),
  keepBest: flag("evaluation.keepBest"),
  patience: flag("evaluation.patience"),
  checkpointEvery: flag("checkpoint.every"),
  keep: flag("checkpoint.keep"),
};

/** The flag of a field of the model: its own name, unless another flag has that. */
const modelFlag = (field: string): string =>
  field in flags ? `model${field[0]?.toUpperCase()}${field.slice(1)}` : field;

/** Flags of the model's configuration. */
export const modelFlags: readonly string[] = modelFields.map(modelFlag);

export const recipeFlags: Readonly<Record<string, RecipeFlag>> = {
  ...flags,
  ...Object.fromEntries(modelFields.map((field) => [modelFlag(field), flag(`model.${field}`)])),
};

/** Flags that decide what computes. */
export const engineFlags = [
  "backend",
  "backendOptions",
  "threads",
  "gemm",
  "precision",
  "attention",
  "attentionOptions",
] as const;

/** Flags of the data, whose meaning depends on the names of datasets. */
export const dataFlags = {
  data: name.describe(
    "A .txt, .tsv or .jsonl file, a folder or a pattern such as 'corpus/*.jsonl.zst', or a dataset: see `trivium list dataset`",
  ),
  dataOptions: options.describe('Options of the dataset, as JSON: \'{"split":"length"}\' for scan'),
  heldOut: z
    .number()
    .min(0)
    .max(0.45)
    .describe("Share of your own file to hold out, for each of validation and test (default: 0.05)"),
  sourceColumn: column.describe("Column of the source in your own file, by number or name; of .jsonl, the field"),
  targetColumn: column.describe("Column of the target in your own file, by number or name; of .jsonl, the field"),
  textColumn: name.describe("Field of the text in your own .jsonl or .parquet files (default: text)"),
  repeated: z
    .enum(["first", "all"])
    .describe("Targets to train on where your own file repeats a source (default: first)"),
};

/** Flags of the data that are options of the datasets `file` and `corpus`, under the same names. */
export const fileFlags = ["sourceColumn", "targetColumn", "textColumn", "repeated"] as const;
