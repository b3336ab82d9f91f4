import { fused } from "@trivium/attention";
import { createBatchSource } from "@trivium/data";
import type { Batch } from "@trivium/features";
import { type Architecture, createModel, type LanguageModel, languageTask, trainingFlops } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { adamW, constant, linearWarmup, lowest, type TrainOptions } from "@trivium/trainer";
import type { ArmName } from "./names.ts";
import { isShared, layersOf, type TrainSettings, WARMUP_STEPS } from "./train-settings.ts";
import type { TrainingData } from "./training-data.ts";

/** Each architecture with the objective that takes loss on the target alone. */
const parts: Readonly<Record<ArmName, { readonly architecture: Architecture; objective(): Objective }>> = {
  causal: { architecture: causal, objective: () => causalLm({ loss: "target" }) },
  prefix: { architecture: prefix, objective: () => prefixLm() },
  "encoder-decoder": { architecture: encoderDecoder, objective: () => seq2seq() },
};

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
  const { architecture, objective: create } = parts[name];
  const { width, heads, rate, batch, seed } = settings;
  const { tokenizer, examples, length } = data;
  const objective = create();
  const layers = layersOf(name, settings);
  const config = { vocabulary: tokenizer.size, length, width, layers, heads, sharedStacks: isShared(name, settings) };
  const model = createModel({ architecture, config, attention: fused() });
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
