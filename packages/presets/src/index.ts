import { attentionPlugins } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { cpu, wasm, webgl, webgpu } from "@trivium/backend-tfjs";
import { tfjsNode } from "@trivium/backend-tfjs-node";
import { datasetPlugins } from "@trivium/data";
import { maskPlugins } from "@trivium/masks";
import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { objectivePlugins } from "@trivium/objectives";
import { tokenizerPlugins } from "@trivium/text";
import { trainerPlugins } from "@trivium/trainer";

/** Every plugin that Trivium ships. Importing it starts nothing: backends load when they are activated. */
export const presets = [
  causalPlugin,
  prefixPlugin,
  encoderDecoderPlugin,
  ...objectivePlugins,
  ...attentionPlugins,
  simd,
  cpu,
  wasm,
  webgl,
  webgpu,
  tfjsNode,
  ...maskPlugins,
  ...datasetPlugins,
  ...tokenizerPlugins,
  ...trainerPlugins,
] as const;
