import { prepare, type RecipeInput } from "@trivium/compose";
import type { Json } from "@trivium/core";
import type { Arm, ArmRunOptions } from "@trivium/evaluator";
import { type RecordedModelOptions, readModelOptions } from "@trivium/model";
import type { ArmContext } from "./claim.ts";
import type { TrainingData } from "./training-arm.ts";
import type { ScoringSettings } from "./training-settings.ts";

/** The configuration of a training arm, read back: a recipe, but for the names of two fields. */
interface Configuration
  extends Pick<
    RecipeInput,
    "architecture" | "length" | "objective" | "examples" | "optimizer" | "schedule" | "clipNorm"
  > {
  readonly dataset: NonNullable<RecipeInput["data"]>;
  readonly model: RecordedModelOptions<NonNullable<RecipeInput["model"]>>;
  /** One tokenizer for both sides, by name. */
  readonly tokenizer?: string | undefined;
  readonly steps: number;
  readonly batch: number;
  readonly packing?: number | undefined;
  readonly seed: number;
  readonly evaluation: ScoringSettings;
}

/** An arm that can run. */
interface PreparedTraining {
  readonly arm: Omit<Arm, "name">;
  readonly options: ArmRunOptions;
  readonly data: TrainingData;
}

/** Loads and encodes the data, and makes what the configuration names. */
export async function prepareTraining(
  configuration: Readonly<Record<string, Json>>,
  context: ArmContext,
): Promise<PreparedTraining> {
  const settings = configuration as unknown as Configuration;
  const { part = "validation", scored, decoded, beam, maximumTokens, curvePoints } = settings.evaluation;
  const { attention, registry, dataset } = context;
  const prepared = await prepare(recipeOf(settings), registry, { engine: { attention }, dataset });
  const { architecture, config, objective, batches, optimizer, schedule, data, recipe } = prepared;
  const { tokenizer, train } = data;
  const heldOut = data.heldOut(part, scored);
  return {
    arm: { architecture, config, objective },
    data: { dataset: data.dataset, tokenizer, train, heldOut },
    options: {
      steps: recipe.steps,
      seed: recipe.seed,
      clipNorm: recipe.clipNorm,
      attention,
      heldOut,
      special: tokenizer.special,
      batches: () => batches,
      decodeTarget: (ids) => tokenizer.decodeTarget(ids),
      optimizer,
      schedule,
      maximumTokens: maximumTokens ?? data.length,
      decoded,
      beam,
      curvePoints,
    },
  };
}

/** Arms may train on labels in sight, which is then what they measure. */
function recipeOf({ dataset, tokenizer, evaluation, ...settings }: Configuration): RecipeInput {
  const { architecture, model, length, objective, examples, optimizer, schedule, clipNorm } = settings;
  const { steps, batch, packing, seed } = settings;
  return {
    architecture,
    model: readModelOptions(model),
    length,
    objective,
    labelLeaks: "warn",
    data: dataset,
    tokenizer: tokenizer === undefined ? undefined : { name: tokenizer },
    examples,
    optimizer,
    schedule,
    clipNorm,
    steps,
    batch,
    packing,
    seed,
  };
}
