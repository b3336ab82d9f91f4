import { relay } from "@trivium/evaluator";
import type { Batch, BatchSource } from "@trivium/features";
import { type LanguageModel, languageTask } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { copyTree, disposeTree, type ParameterTree } from "@trivium/tensor";
import { adamW, runBetas, runRates, train, warmupCosine } from "@trivium/trainer";
import type { ArmProgress } from "../framework/claim.ts";
import { stepProgress } from "../framework/step-progress.ts";

export interface FurtherTraining {
  readonly model: LanguageModel;
  readonly objective: Objective;
  readonly parameters: ParameterTree;
  readonly batches: BatchSource<Batch>;
  readonly steps: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Trains a copy of the parameters, with an optimiser and a schedule of its own.
 *
 * @returns the copy, which is the caller's.
 */
export async function* trainFurther(options: FurtherTraining): AsyncGenerator<ArmProgress, ParameterTree, void> {
  const { model, objective, parameters: start, batches, steps, seed, learningRate, signal } = options;
  const stream = train({
    task: languageTask({ model, objective }),
    batches,
    steps,
    seed,
    clipNorm: 1,
    parameters: copyTree(start),
    signal,
    optimizer: adamW({ ...runBetas, weightDecay: 0.01 }),
    schedule: warmupCosine(runRates({ learningRate, steps })),
  });
  const { parameters, reason } = yield* relay(stream, (event) =>
    event.type === "step" ? stepProgress(event, steps, "trained further, ") : undefined,
  );
  if (reason === "finished") return parameters;
  disposeTree(parameters);
  throw signal?.reason;
}
