import { prepare, type RecipeInput } from "@trivium/compose";
import type { Json } from "@trivium/core";
import type { ArmRunOptions } from "@trivium/evaluator";
import { type RecordedModelOptions, readModelOptions } from "@trivium/model";
import type { ArmContext } from "./claim.ts";
import type { TrainingData } from "./training-arm.ts";
import type { ScoringSettings } from "./training-settings.ts";

/** The configuration of a training arm, read back: a recipe, but for some fields that have another name or form. */
interface Configuration extends Omit<RecipeInput, "data" | "tokenizer" | "model" | "evaluation"> {
  readonly type: "training";
  readonly version: 1;
  readonly dataset: NonNullable<RecipeInput["data"]>;
  /** One tokenizer for both sides, by name. */
  readonly tokenizer?: string | undefined;
  readonly model: RecordedModelOptions<NonNullable<RecipeInput["model"]>>;
  readonly evaluation: ScoringSettings;
}

/** Loads and encodes the data, and makes what the configuration names. */
export async function prepareTraining(configuration: Readonly<Record<string, Json>>, context: ArmContext) {
  const settings = configuration as unknown as Configuration;
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

/** Arms may train on labels in sight, which is then what they measure. */
const recipeOf = ({ type, version, evaluation, dataset, tokenizer, model, ...same }: Configuration): RecipeInput => ({
  ...same,
  model: readModelOptions(model),
  data: dataset,
  tokenizer: tokenizer === undefined ? undefined : { name: tokenizer },
  labelLeaks: "warn",
});
