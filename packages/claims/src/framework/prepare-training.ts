import { prepare, type RecipeInput } from "@trivium/compose";
import type { Json } from "@trivium/core";
import type { ArmRunOptions } from "@trivium/evaluator";
import { type RecordedModelOptions, readModelOptions } from "@trivium/model";
import type { ArmContext } from "./claim.ts";
import type { TrainingData } from "./training-data.ts";
import type { ScoringSettings } from "./training-settings.ts";

/** The configuration of a training arm, read back: a recipe, but for some fields that have another name or form. */
export interface TrainingConfiguration extends Omit<RecipeInput, "data" | "tokenizer" | "model" | "evaluation"> {
  readonly type: "training";
  readonly version: 1;
  readonly dataset: NonNullable<RecipeInput["data"]>;
  /** One tokenizer for both sides. */
  readonly tokenizer?: string | RecipeInput["tokenizer"];
  readonly model: RecordedModelOptions<NonNullable<RecipeInput["model"]>>;
  readonly evaluation: ScoringSettings;
  /** A training before, which another function does. */
  readonly pretraining?: unknown;
}

/** Loads and encodes the data, and makes what the configuration names. */
export async function prepareTraining(configuration: Readonly<Record<string, Json>>, context: ArmContext) {
  const settings = configuration as unknown as TrainingConfiguration;
  const { part = "validation", scored, decoded, beam, maximumTokens, curvePoints } = settings.evaluation;
  const { attention, registry, dataset } = context;
  const prepared = await prepare(recipeOf(settings), registry, { engine: { attention }, dataset });
  const { architecture, config, objective, batches, optimizer, schedule, data, recipe } = prepared;
  const { tokenizer, train } = data;
  const heldOut = data.heldOut(part, scored);
  const loaded: TrainingData = { dataset: data.dataset, tokenizer, train, heldOut };
  const options: ArmRunOptions = {
    steps: recipe.steps,
    seed: recipe.seed,
    clipNorm: recipe.clipNorm,
    attention,
    heldOut,
    special: tokenizer.special,
    tokenizer,
    batches: () => batches,
    decodeTarget: (ids) => tokenizer.decodeTarget(ids),
    optimizer,
    schedule,
    maximumTokens: maximumTokens ?? data.length,
    decoded,
    beam,
    curvePoints,
  };
  return { arm: { architecture, config, objective }, data: loaded, options };
}

/** Returns the recipe of an arm. Arms may train on labels in sight, which is then what they measure. */
export const recipeOf = ({
  type,
  version,
  evaluation,
  pretraining,
  dataset,
  tokenizer,
  model,
  ...same
}: TrainingConfiguration): RecipeInput => ({
  ...same,
  model: readModelOptions(model),
  data: dataset,
  tokenizer: typeof tokenizer === "string" ? { name: tokenizer } : tokenizer,
  labelLeaks: "warn",
});
