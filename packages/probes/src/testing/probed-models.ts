import { type AttentionKernel, reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel, type LanguageModel, type ModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree, mapTree, type ParameterTree, tf } from "@trivium/tensor";

export interface ProbedArm {
  readonly name: string;
  readonly architecture: Architecture;
  readonly objective: Objective;
}

/** The three architectures, each with the objective that it is trained with. */
export const arms: readonly ProbedArm[] = [
  { name: "causal", architecture: causal, objective: causalLm({ loss: "target" }) },
  { name: "prefix", architecture: prefix, objective: prefixLm() },
  { name: "encoder-decoder", architecture: encoderDecoder, objective: seq2seq() },
];

export interface Probed {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
}

/** A small model whose parameters are all far from zero: zero biases and tiny weights would hide what a mask does. */
export function probedModel(
  architecture: Architecture,
  config: Partial<ModelOptions> = {},
  attention: AttentionKernel = reference(),
): Probed {
  const sizes = { vocabulary: 19, length: 24, width: 8, layers: 2, heads: 2 } as const;
  const model = createModel({ architecture, config: { ...sizes, ...config }, attention });
  const fresh = model.createParameters(createRandom(1));
  const parameters = mapTree(fresh, (leaf, path) => {
    const random = createRandom(`probed/${path}`);
    return tf.tidy(() =>
      tf.tensor(
        leaf.dataSync().map((value) => value + 0.3 * random.normal()),
        leaf.shape,
      ),
    );
  });
  disposeTree(fresh);
  return { model, parameters };
}
