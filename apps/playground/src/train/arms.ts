import { createBatchSource } from "@trivium/data";
import type { Batch } from "@trivium/features";
import { type LanguageModel, languageTask, trainingFlops } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { adamW, constant, linearWarmup, lowest, type TrainOptions } from "@trivium/trainer";
import { armModel } from "./arm-model.ts";
import type { ArmName } from "./names.ts";
import { type TrainSettings, WARMUP_STEPS } from "./train-settings.ts";
import type { TrainingData } from "./training-data.ts";

/** A run that never ends by itself. */
const ENDLESS = 1_000_000;

/** One architecture with what it is trained and asked with. */
export interface Arm {
  readonly name: ArmName;
  readonly model: LanguageModel;
  readonly objective: Objective;
  readonly options: TrainOptions<Batch>;
}

/** An arm over data that all arms share: the same examples in the same order. */
export function createArm(name: ArmName, settings: TrainSettings, data: TrainingData): Arm {
  const { rate, batch, seed } = settings;
  const { tokenizer, examples } = data;
  const { architecture, config, model, objective } = armModel(name, settings, data);
  const { special } = tokenizer;
  const options: TrainOptions<Batch> = {
    task: languageTask({ model, objective, flops: trainingFlops(architecture, config) }),
    batches: createBatchSource({ examples, special, objective, batchSize: Math.min(batch, examples.length), seed }),
    optimizer: adamW(),
    schedule: lowest(linearWarmup({ peak: rate, warmupSteps: WARMUP_STEPS }), constant({ rate })),
    steps: ENDLESS,
    clipNorm: 1,
    seed,
  };
  return { name, model, objective, options };
}
