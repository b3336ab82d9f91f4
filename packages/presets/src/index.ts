import { attentionPlugins } from "@trivium/attention";
import { gemmProviders, simdPlugin } from "@trivium/backend-simd";
import { blasSetup, onednnSetup } from "@trivium/backend-simd/node";
import { cpuPlugin, wasmPlugin, webglPlugin, webgpuPlugin } from "@trivium/backend-tfjs";
import { tfjsNodePlugin } from "@trivium/backend-tfjs-node";
import { tfjsNodeSetup } from "@trivium/backend-tfjs-node/node";
import { webgpuFusedPlugin } from "@trivium/backend-webgpu";
import { claimPlugins } from "@trivium/claims";
import { modelFormatPlugins } from "@trivium/compose";
import { datasetPlugins, fileTokenizerPlugin } from "@trivium/data/node";
import { collectivePlugins } from "@trivium/distributed";
import { mpiPlugin } from "@trivium/distributed/node";
import { metricPlugins } from "@trivium/evaluator";
import { generatePlugins } from "@trivium/generate";
import { maskPlugins } from "@trivium/masks";
import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { positionsPlugins } from "@trivium/nn";
import { corruptionPlugins, objectivePlugins } from "@trivium/objectives";
import { pretrainedPlugins } from "@trivium/pretrained";
import { taskPlugins } from "@trivium/tasks";
import { tokenizerPlugins } from "@trivium/text";
import { trainerPlugins } from "@trivium/trainer";
import { fileSchedulePlugin } from "@trivium/trainer/node";

/** Every plugin that Trivium ships. Importing it starts nothing: backends load when they are activated. */
export const presets = [
  causalPlugin,
  prefixPlugin,
  encoderDecoderPlugin,
  ...positionsPlugins,
  ...corruptionPlugins,
  ...objectivePlugins,
  ...attentionPlugins,
  simdPlugin,
  cpuPlugin,
  wasmPlugin,
  webglPlugin,
  webgpuPlugin,
  webgpuFusedPlugin,
  tfjsNodePlugin,
  ...gemmProviders,
  blasSetup,
  onednnSetup,
  tfjsNodeSetup,
  ...maskPlugins,
  ...datasetPlugins,
  ...taskPlugins,
  ...tokenizerPlugins,
  fileTokenizerPlugin,
  ...trainerPlugins,
  fileSchedulePlugin,
  ...collectivePlugins,
  mpiPlugin,
  ...metricPlugins,
  ...generatePlugins,
  ...claimPlugins,
  ...modelFormatPlugins,
  ...pretrainedPlugins,
] as const;
