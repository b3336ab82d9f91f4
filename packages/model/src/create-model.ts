import type { AttentionKernel } from "@trivium/attention";
import { createTree } from "@trivium/nn";
import { type Tensor3D, tf } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { checkInput } from "./check-input.ts";
import type { ModelOptions } from "./config.ts";
import { decodeStep, prefillCaches, reorderState } from "./decoding.ts";
import { readOut } from "./embed.ts";
import type { Model } from "./model.ts";
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
  return {
    architecture,
    config,
    createParameters: (random) => createTree(parameterSpecs(architecture, config), random),
    logits(tree, input, options = {}) {
      checkInput(architecture, config, input);
      return tf.tidy(() => {
        const states = runStreams(parts, tree, input, options);
        const [batch, length, width] = states.shape;
        return tf.reshape(readOut(config, tree, tf.reshape(states, [-1, width])), [
          batch,
          length,
          config.vocabulary,
        ]) as Tensor3D;
      });
    },
    prefill: (tree, input) => prefillCaches(parts, tree, input),
    reorder: reorderState,
    decode: (tree, state, ids) => decodeStep(parts, tree, state, ids),
  };
}
