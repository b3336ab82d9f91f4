import { prepare, type RecipeInput, trainOptions } from "@trivium/compose";
import type { Json } from "@trivium/core";
import { createDataset, type Dataset } from "@trivium/data";
import { relay } from "@trivium/evaluator";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import { type StepEvent, train } from "@trivium/trainer";
import type { ArmContext, ArmProgress } from "./claim.ts";
import { recipeOf, type TrainingConfiguration } from "./prepare-training.ts";
import { stepProgress } from "./step-progress.ts";
import type { PretrainingSettings } from "./training-settings.ts";

/** The costs of a training before that of an arm, and its last loss. */
export type PretrainingNumbers = {
  readonly tokensSeen: number;
  readonly tokensSupervised: number;
  readonly flops: number;
  /** Nats per target token of the last batch. */
  readonly loss: number;
  /** SHA-256 of the texts. */
  readonly fingerprint: string;
};

/** The parameters after a training before, and what it cost. */
export interface Pretrained {
  /** The caller's, who disposes them. */
  readonly parameters: ParameterTree;
  readonly numbers: PretrainingNumbers;
}

interface Configuration extends TrainingConfiguration {
  readonly pretraining?:
    | (Omit<PretrainingSettings, "objective"> & Required<Pick<RecipeInput, "objective" | "schedule">>)
    | undefined;
}

/**
 * Trains the model of an arm on texts before the arm begins.
 *
 * @param configuration - the arm's, whose `pretraining` says how.
 * @returns nothing if the arm starts from fresh parameters.
 * @throws what `prepare` and `train` throw; the reason of the signal if it aborts.
 */
export async function* pretrain(
  configuration: Readonly<Record<string, Json>>,
  { registry, attention, signal, ...context }: ArmContext,
): AsyncGenerator<ArmProgress, Pretrained | undefined, void> {
  const { pretraining, ...arm } = configuration as unknown as Configuration;
  if (pretraining === undefined) return undefined;
  const { datasets, steps, ...training } = pretraining;
  const texts = await joinTexts(datasets, context);
  const recipe = recipeOf({ ...arm, ...training, steps, dataset: { name: texts.name }, packing: undefined });
  const prepared = await prepare(recipe, registry, { engine: { attention }, dataset: async () => texts });
  let last: StepEvent | undefined;
  const stream = train({ ...trainOptions(prepared), signal });
  const { parameters, reason } = yield* relay(stream, (event) => {
    if (event.type !== "step") return undefined;
    last = event;
    return stepProgress(event, steps, "pretraining, ");
  });
  if (reason !== "finished") {
    disposeTree(parameters);
    throw signal?.reason;
  }
  const { totals, loss } = last as StepEvent;
  const { seenTokens: tokensSeen, supervisedTokens: tokensSupervised, flops = 0 } = totals;
  return { parameters, numbers: { tokensSeen, tokensSupervised, flops, loss, fingerprint: texts.fingerprint } };
}

/** Returns one dataset with the parts of several. */
export async function joinTexts(
  datasets: PretrainingSettings["datasets"],
  context: Pick<ArmContext, "dataset">,
): Promise<Dataset> {
  const loaded: Dataset[] = [];
  for (const { name, options } of datasets) loaded.push(await context.dataset(name, options));
  return createDataset({
    name: loaded.map(({ name }) => name).join(" and "),
    train: loaded.flatMap(({ train }) => train),
    validation: loaded.flatMap(({ validation }) => validation),
    test: loaded.flatMap(({ test }) => test),
    tokenizer: { name: "shared", tokenizer: { name: "byte" } },
  });
}
