import { type Json, UnsupportedError } from "@trivium/core";
import { createBatchSource, type Dataset, encodeExamples, fitPairTokenizer, fittingLength } from "@trivium/data";
import { type Arm, type ArmRunOptions, encodeHeldOut } from "@trivium/evaluator";
import { type ModelOptions, readModelOptions } from "@trivium/model";
import { type Objective, objectivePlugins } from "@trivium/objectives";
import { createRegistry } from "@trivium/registry";
import { type Tokenizer, tokenizerPlugins } from "@trivium/text";
import { type Optimizer, trainerPlugins, type WarmupCosineOptions, warmupCosine } from "@trivium/trainer";
import type { ArmContext } from "./claim.ts";
import type { TrainingData } from "./training-arm.ts";
import type { Named, ScoringSettings, TrainingSettings } from "./training-settings.ts";

/** The configuration of a training arm, read back. */
interface Configuration extends Omit<TrainingSettings, "learningRate" | "optimizer" | "weightDecay"> {
  readonly optimizer: Named;
  readonly schedule: { readonly options: WarmupCosineOptions };
  readonly clipNorm: number;
  readonly evaluation: ScoringSettings;
}

/** An arm that can run. */
interface PreparedTraining {
  readonly arm: Omit<Arm, "name">;
  readonly options: ArmRunOptions;
  readonly data: TrainingData;
}

const shipped = createRegistry([...objectivePlugins, ...tokenizerPlugins, ...trainerPlugins]);

/** Loads and encodes the data, and makes what the configuration names. */
export async function prepareTraining(
  configuration: Readonly<Record<string, Json>>,
  context: ArmContext,
): Promise<PreparedTraining> {
  const settings = configuration as unknown as Configuration;
  const { steps, seed, clipNorm, batch: batchSize, packing } = settings;
  const { decoded, beam, maximumTokens, curvePoints } = settings.evaluation;
  const architecture = context.architecture(settings.architecture);
  const objective = createObjective(settings.objective, context);
  const fits = objective.supports(architecture);
  if (fits !== true) throw new UnsupportedError(fits.code, fits.message);
  const { length, ...data } = await prepareData(settings, context);
  const { special } = data.tokenizer;
  const config: ModelOptions = { ...readModelOptions(settings.model), vocabulary: data.tokenizer.size, length };
  return {
    arm: { architecture, config, objective },
    data,
    options: {
      steps,
      seed,
      clipNorm,
      attention: context.attention,
      heldOut: data.heldOut,
      special,
      batches: (of) => createBatchSource({ examples: data.train, special, objective: of, batchSize, seed, packing }),
      decodeTarget: (ids) => data.tokenizer.decodeTarget(ids),
      optimizer: createOptimizer(settings.optimizer),
      schedule: warmupCosine(settings.schedule.options),
      maximumTokens: maximumTokens ?? length,
      decoded,
      beam,
      curvePoints,
    },
  };
}

async function prepareData(
  { dataset: { name, options }, tokenizer: forced, examples, evaluation, ...settings }: Configuration,
  context: ArmContext,
): Promise<TrainingData & { readonly length: number }> {
  const dataset = await context.dataset(name, options);
  const createTokenizer: NonNullable<ArmContext["tokenizer"]> =
    context.tokenizer ?? ((json) => shipped.create("tokenizer", json.name as never, json) as Tokenizer);
  const asked: Dataset["tokenizer"] = forced ? { name: "shared", tokenizer: { name: forced } } : dataset.tokenizer;
  const tokenizer = fitPairTokenizer({ tokenizer: asked, train: dataset.train }, createTokenizer);
  const length = settings.length ?? fittingLength(dataset, tokenizer);
  const heldOut = dataset[evaluation.part ?? "validation"].slice(0, evaluation.scored);
  return {
    dataset,
    tokenizer,
    length,
    train: encodeExamples(dataset.train.slice(0, examples), tokenizer, { length }),
    heldOut: encodeHeldOut(heldOut, tokenizer, length),
  };
}

const createOptimizer = ({ name, options = {} }: Named): Optimizer =>
  shipped.create("optimizer", name as never, options) as Optimizer;

const createObjective = ({ name, options = {} }: Named, context: ArmContext): Objective =>
  context.objective?.(name, options) ?? (shipped.create("objective", name as never, options) as Objective);
