import { fused } from "@trivium/attention";
import { type Architecture, createModel, type LanguageModel, type ModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import type { ArmName } from "./names.ts";
import { isShared, layersOf, type TrainSettings } from "./train-settings.ts";
import type { TrainingData } from "./training-data.ts";

/** Each architecture with the objective that takes loss on the target alone. */
const parts: Readonly<Record<ArmName, { readonly architecture: Architecture; objective(): Objective }>> = {
  causal: { architecture: causal, objective: () => causalLm({ loss: "target" }) },
  prefix: { architecture: prefix, objective: () => prefixLm() },
  "encoder-decoder": { architecture: encoderDecoder, objective: () => seq2seq() },
};

/** The model of an arm, without its parameters. */
export interface ArmModel {
  readonly architecture: Architecture;
  readonly config: ModelOptions;
  readonly model: LanguageModel;
  readonly objective: Objective;
}

/** Returns the model that an arm trains on the data that all arms share. */
export function armModel(
  name: ArmName,
  settings: TrainSettings,
  { tokenizer, length }: Pick<TrainingData, "tokenizer" | "length">,
): ArmModel {
  const { architecture, objective } = parts[name];
  const { width, heads } = settings;
  const layers = layersOf(name, settings);
  const config = { vocabulary: tokenizer.size, length, width, layers, heads, sharedStacks: isShared(name, settings) };
  const model = createModel({ architecture, config, attention: fused() });
  return { architecture, config, model, objective: objective() };
}
