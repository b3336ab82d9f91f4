import { modelConfigSchema } from "@trivium/model";
import { z } from "zod";
import { withoutDefaults } from "./without-defaults.ts";

const count = z.int().positive();
const name = z.string().min(1);

const { attention: modelAttention, ...modelFields } = withoutDefaults(
  modelConfigSchema.omit({ vocabulary: true }).shape,
);

/** Settings of the model, as far as the user gives them. Vocabulary and length follow from the data. */
export const modelSettings = {
  ...modelFields,
  // `attention` names the kernel.
  modelAttention,
  length: count.optional().describe("The longest row of any stream, in tokens. Default: what the data needs"),
};

/** Settings of what is trained and how. Flags and configuration files have the same names. */
export const trainSettings = {
  plugins: z.array(z.string()).default([]).describe("Files or packages with plugins of your own"),
  backend: name.default("simd").describe("What computes: see `trivium list backend`"),
  threads: count.optional().describe("Threads of the backend, the main one included. Default: one for each core"),
  gemm: name
    .optional()
    .describe("What multiplies large matrices: see `trivium doctor`. Default: the first that is there"),
  precision: z
    .enum(["f32", "bf16"])
    .optional()
    .describe("bf16 rounds the inputs of large matrix products, where the processor can. Default: f32"),
  attention: name
    .optional()
    .describe("The attention kernel: see `trivium list attention`. Default: fused where the backend has it"),
  data: name.optional().describe("A .txt, .tsv or .jsonl file, or the name of a dataset: see `trivium list dataset`"),
  dataOptions: z
    .record(z.string(), z.json())
    .optional()
    .describe('What a dataset is to be like, as JSON: \'{"split":"length"}\' for scan. Default: what it is by itself'),
  seed: z.int().default(0).describe("Decides initial weights, the order of the data and dropout"),
  architecture: name.default("causal").describe("See `trivium list architecture`"),
  objective: name.optional().describe("See `trivium list objective`. Default: the one that fits the architecture"),
  loss: z.enum(["all", "target"]).optional().describe("causal-lm: loss on every token, or on the target's"),
  labelSmoothing: z.number().min(0).lt(1).optional().describe("Probability mass spread over the vocabulary"),
  zLoss: z.number().min(0).optional().describe("Coefficient of the squared log-normaliser"),
  tokenizer: name.optional().describe("byte, character or symbol. Default: what suits the data"),
  heldOut: z
    .number()
    .gt(0)
    .max(0.45)
    .default(0.05)
    .describe("Share of your own file to hold out, for each of validation and test"),
  batch: count.default(64).describe("Examples of a step"),
  microBatch: count
    .optional()
    .describe("Examples that are computed at once; gradients are added up. Default: the batch"),
  bucketBatches: count
    .default(1)
    .describe("Batches that are formed together, by length: more of them save padding and mix examples less"),
  packing: count
    .optional()
    .describe("Tokens of a packed row: examples share rows, so that almost nothing is padding. Default: a row each"),
  steps: count.default(1000).describe("Optimiser steps"),
  learningRate: z.number().positive().default(1e-3).describe("The peak of the schedule"),
  schedule: name.default("warmup-cosine").describe("See `trivium list schedule`"),
  warmupSteps: z.int().min(0).optional().describe("Default: a tenth of the steps"),
  optimizer: name.default("adam-w").describe("See `trivium list optimizer`"),
  weightDecay: z.number().min(0).default(0.01).describe("Decoupled weight decay"),
  clipNorm: z.number().min(0).default(1).describe("Largest global norm of the gradient; 0 for none"),
  labelLeaks: z
    .enum(["refuse", "warn"])
    .default("refuse")
    .describe("What to do when a target can be seen by its predictor"),
  decoded: z.int().min(0).default(2000).describe("Held-out examples that are decoded and scored"),
  ...modelSettings,
};

export const trainSchema = z.strictObject({
  ...trainSettings,
  out: name.optional().describe("Folder of the run: checkpoints, metrics. Default: runs/ARCHITECTURE-DATA"),
  resume: z.boolean().default(false).describe("Go on from the newest checkpoint, or start where there is none"),
  checkpointEvery: count.default(100).describe("Steps between two checkpoints"),
  keep: count.default(2).describe("Checkpoints to keep"),
  evaluateEvery: count.optional().describe("Steps between two evaluations. Default: a fifth of the steps"),
  profile: z
    .union([z.boolean(), name.regex(/^(?!(true|false)$)/)])
    .default(false)
    .describe("Where the time goes: a table at the end, and a Chrome trace in that file. On its own: OUT/profile.json"),
  profileSteps: name.default("3-12").describe("What --profile watches, counted from 1 where this command begins"),
  checkpointing: z
    .boolean()
    .default(false)
    .describe(
      "Run layers again in the backward pass instead of keeping their intermediates: less memory, same weights",
    ),
  allowNumericChange: z
    .boolean()
    .default(false)
    .describe("Resume with another backend or build than the run began with"),
});

const { architecture: _, ...sharedByArms } = trainSettings;
const { plugins, backend, threads, gemm, precision, attention } = trainSettings;

export const compareSchema = z.strictObject({
  ...sharedByArms,
  loss: z.enum(["all", "target"]).default("target").describe("causal-lm: loss on every token, or on the target's"),
  architectures: z
    .array(name)
    .default(["causal", "prefix", "encoder-decoder", "encoder-decoder-shared", "encoder-decoder-half-depth"])
    .describe("The arms, by name; the last two of the default are controls, encoder-decoder-top-only is another"),
  metrics: z
    .array(name)
    .default([])
    .describe("What decoded text is scored by, with differences from the first arm: see `trivium list metric`"),
  scored: count.optional().describe("Held-out examples to score, the first ones of the test part. Default: all"),
  out: name.default("comparison").describe("Folder for report.html and report.json"),
});

export const claimsSchema = z.strictObject({
  preset: z
    .enum(["quick", "full"])
    .default("quick")
    .describe("quick: minutes, to see that it works and where it points; full: what is published"),
  seeds: count.max(1000).default(3).describe("Every arm runs with the seeds 1, 2, … so many"),
  out: name.default("claims").describe("Folder for the results of the arms and the report"),
  jobs: count
    .max(64)
    .optional()
    .describe("Arms that are measured at once, each in a process of its own. Default: as many as cores, 8 at most"),
  ...{ plugins, backend, threads, gemm, precision, attention },
});

export type ClaimsSettings = z.output<typeof claimsSchema>;
export type TrainSettings = z.output<typeof trainSchema>;
export type CompareSettings = z.output<typeof compareSchema>;

/** What `train` and `compare` are both told. */
export type SharedSettings = Omit<Pick<TrainSettings, Extract<keyof TrainSettings, keyof CompareSettings>>, "out">;

/** What one model is made and trained with: a run, or an arm of a comparison. */
export type ModelSettings = SharedSettings & Pick<TrainSettings, "architecture">;

/** Configurations by name, under what flags and files say. */
export const namedSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  demo: {
    data: "cmudict",
    width: 128,
    layers: 3,
    heads: 8,
    batch: 64,
    packing: 64,
    steps: 520,
    learningRate: 2e-3,
    positions: { kind: "learned", restart: true },
    decoded: 2000,
  },
};
