import type { RecipeInput } from "@trivium/compose";
import { z } from "zod";

const count = z.int().positive();
const name = z.string().min(1);

/** The settings of `train` beside its recipe. */
export const trainSchema = z.strictObject({
  out: name.optional().describe("Folder of the run: checkpoints, metrics. Default: runs/ARCHITECTURE-DATA"),
  resume: z.boolean().default(false).describe("Go on from the newest checkpoint, or start where there is none"),
  tensorboard: z.boolean().default(false).describe("Also write event files of TensorBoard into the run folder"),
  profile: z
    .union([z.boolean(), name.regex(/^(?!(true|false)$)/)])
    .default(false)
    .describe("Where the time goes: a table at the end, and a Chrome trace in that file. On its own: OUT/profile.json"),
  profileSteps: name.default("3-12").describe("What --profile watches, counted from 1 where this command begins"),
  recompute: z
    .boolean()
    .default(false)
    .describe(
      "Run layers again in the backward pass instead of keeping their intermediates: less memory, same weights",
    ),
  stopWithin: z
    .number()
    .positive()
    .default(30)
    .describe("Seconds after SIGTERM until a step that is not done is given up; the checkpoint is from before it"),
  allowNumericChange: z
    .boolean()
    .default(false)
    .describe("Resume with another backend or build than the run began with"),
  fast: z
    .boolean()
    .default(false)
    .describe(
      "On several ranks: sums by MPI itself and a shard for each rank; the weights depend on the number of ranks",
    ),
  compareEvery: z
    .int()
    .min(0)
    .default(100)
    .describe("Steps between two comparisons of the parameters of all ranks; 0 for none"),
});

/** The settings of `compare` beside the recipe that its arms share. */
export const compareSchema = z.strictObject({
  architectures: z
    .array(name)
    .default(["causal", "prefix", "encoder-decoder", "encoder-decoder-shared", "encoder-decoder-half-depth"])
    .describe("The arms, by name; the last two of the default are controls, encoder-decoder-top-only is another"),
  metrics: z
    .array(name)
    .default([])
    .describe("What decoded text is scored by, with differences from the first arm: see `trivium list metric`"),
  metricsOptions: z
    .record(z.string(), z.json())
    .optional()
    .describe('Options of metrics by name, as JSON: \'{"chrf":{"wordOrder":2}}\''),
  scored: count.optional().describe("Held-out examples to score, the first ones of the test part. Default: all"),
  out: name.default("comparison").describe("Folder for report.html and report.json"),
});

/** The settings of `claims run` beside the engine. */
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
});

export type ClaimsSettings = z.output<typeof claimsSchema>;
export type TrainSettings = z.output<typeof trainSchema>;
export type CompareSettings = z.output<typeof compareSchema>;

/** Recipes by name, under what flags and files say. */
export const namedRecipes: Readonly<Record<string, RecipeInput>> = {
  demo: {
    data: { name: "cmudict" },
    model: { width: 128, layers: 3, heads: 8, positions: { kind: "learned", restart: true } },
    batch: 64,
    packing: 64,
    steps: 520,
    schedule: { options: { peak: 2e-3 } },
    evaluation: { decoded: 2000 },
  },
};
