import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { objectivePlugins } from "@trivium/objectives";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import { trainerPlugins } from "@trivium/trainer";

/** The plugins that recipes of arms name in tests. */
export const shippedPlugins = createRegistry<AnyPlugin>([
  causalPlugin,
  prefixPlugin,
  encoderDecoderPlugin,
  ...objectivePlugins,
  ...tokenizerPlugins,
  ...trainerPlugins,
]);
