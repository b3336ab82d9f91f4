import type { AttentionKernel } from "@trivium/attention";
import { createTree } from "@trivium/nn";
import { tf } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { checkInput } from "./check-input.ts";
import type { ModelOptions } from "./config.ts";
import { createDecoder } from "./create-decoder.ts";
import { headOf, readOutStates } from "./embed.ts";
import type { LanguageModel } from "./model.ts";
import type { ModelParts } from "./model-parts.ts";
import { parameterSpecs } from "./parameter-specs.ts";
import { resolveConfig } from "./resolve-config.ts";
import { runStreams } from "./run-streams.ts";

export interface CreateModelOptions {
  readonly architecture: Architecture;
  readonly config: ModelOptions;
  readonly attention: AttentionKernel;
}

/**
 * Makes the model of an architecture at one configuration, on one attention kernel.
 *
 * @throws {ConfigError} `model/config`, naming the field.
 * @example
 * const model = createModel({ architecture: causal, config: { vocabulary: 64 }, attention: reference() });
 * const parameters = model.createParameters(createRandom(1));
 */
export function createModel({ architecture, config: options, attention: kernel }: CreateModelOptions): LanguageModel {
  const config = resolveConfig(architecture, options);
  const parts: ModelParts = { architecture, config, kernel };
  const specs = parameterSpecs(architecture, config);
  return {
    architecture,
    config,
    attention: kernel,
    specs,
    vocabulary: config.vocabulary,
    length: config.length,
    streams: architecture.streams,
    createParameters: (random) => createTree(specs, random),
    states(tree, input, forward = {}) {
      checkInput(architecture, config, input);
      return tf.tidy(() => readOutStates(config, runStreams(parts, tree, input, forward)));
    },
    readOut: (tree) => headOf(config, tree),
    decoder: (tree) => createDecoder(parts, tree),
  };
}
