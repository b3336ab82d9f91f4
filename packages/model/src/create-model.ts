import type { AttentionKernel } from "@trivium/attention";
import type { ModelInput } from "@trivium/features";
import { createTree } from "@trivium/nn";
import { type FactoredLogits, type ParameterTree, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { checkInput } from "./check-input.ts";
import type { ModelOptions } from "./config.ts";
import { decodeStep, prefillCaches, reorderState } from "./decoding.ts";
import { factorLogits, readOut } from "./embed.ts";
import type { ForwardOptions, Model } from "./model.ts";
import { parameterSpecs } from "./parameter-specs.ts";
import { resolveConfig } from "./resolve-config.ts";
import { type ModelParts, runStreams } from "./run-streams.ts";

export interface CreateModelOptions {
  readonly architecture: Architecture;
  readonly config: ModelOptions;
  readonly attention: AttentionKernel;
}

/**
 * A model: an architecture at one configuration, on one attention kernel.
 *
 * @throws {ConfigError} `model/config`, naming the field.
 * @example
 * const model = createModel({ architecture: causal, config: { vocabulary: 64 }, attention: reference() });
 * const parameters = model.createParameters(createRandom(1));
 */
export function createModel({ architecture, config: options, attention: kernel }: CreateModelOptions): Model {
  const config = resolveConfig(architecture, options);
  const parts: ModelParts = { architecture, config, kernel };
  const statesOf = (tree: ParameterTree, input: ModelInput, forward: ForwardOptions) => {
    checkInput(architecture, config, input);
    return runStreams(parts, tree, input, forward);
  };
  const inRows = (states: Tensor3D) => tf.reshape(states, [-1, config.width]) as Tensor2D;
  const logits = (tree: ParameterTree, input: ModelInput, forward: ForwardOptions = {}) =>
    tf.tidy(() => {
      const states = statesOf(tree, input, forward);
      const [batch, length] = states.shape;
      return tf.reshape(readOut(config, tree, inRows(states)), [batch, length, config.vocabulary]) as Tensor3D;
    });
  const factors = (tree: ParameterTree, input: ModelInput, forward: ForwardOptions = {}) => {
    let factored: FactoredLogits | undefined;
    tf.tidy(() => {
      factored = factorLogits(config, tree, inRows(statesOf(tree, input, forward)));
      return factored.states;
    });
    return factored as FactoredLogits;
  };
  const specs = parameterSpecs(architecture, config);
  return {
    architecture,
    config,
    specs,
    createParameters: (random) => createTree(specs, random),
    logits: Object.assign(logits, { factors }),
    prefill: (tree, input) => prefillCaches(parts, tree, input),
    reorder: reorderState,
    decode: (tree, state, ids) => decodeStep(parts, tree, state, ids),
  };
}
