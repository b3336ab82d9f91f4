import { attentionCostPlugin } from "./attention-cost/attention-cost.ts";
import { inContextLearningPlugin } from "./in-context-learning/in-context-learning.ts";
import { longInputPlugin } from "./long-input/long-input.ts";
import { maskDifficultyPlugin } from "./mask-difficulty/mask-difficulty.ts";
import { oneSidedContextPlugin } from "./one-sided-context/one-sided-context.ts";
import { parametersAndComputePlugin } from "./parameters-and-compute/parameters-and-compute.ts";
import { prefixSupervisionPlugin } from "./prefix-supervision/prefix-supervision.ts";
import { prefixUsePlugin } from "./prefix-use/prefix-use.ts";
import { promptEncodingPlugin } from "./prompt-encoding/prompt-encoding.ts";
import { trainingEfficiencyPlugin } from "./training-efficiency/training-efficiency.ts";
import { zeroShotPlugin } from "./zero-shot/zero-shot.ts";

export { attentionCost } from "./attention-cost/attention-cost.ts";
export { inContextLearning } from "./in-context-learning/in-context-learning.ts";
export { longInput } from "./long-input/long-input.ts";
export { maskDifficulty } from "./mask-difficulty/mask-difficulty.ts";
export { oneSidedContext } from "./one-sided-context/one-sided-context.ts";
export { parametersAndCompute } from "./parameters-and-compute/parameters-and-compute.ts";
export { prefixSupervision } from "./prefix-supervision/prefix-supervision.ts";
export { prefixUse } from "./prefix-use/prefix-use.ts";
export { promptEncoding } from "./prompt-encoding/prompt-encoding.ts";
export { trainingEfficiency } from "./training-efficiency/training-efficiency.ts";
export { zeroShot } from "./zero-shot/zero-shot.ts";

/** The claims of this package, for a registry. */
export const claimPlugins = [
  attentionCostPlugin,
  inContextLearningPlugin,
  longInputPlugin,
  maskDifficultyPlugin,
  oneSidedContextPlugin,
  parametersAndComputePlugin,
  prefixSupervisionPlugin,
  prefixUsePlugin,
  promptEncodingPlugin,
  trainingEfficiencyPlugin,
  zeroShotPlugin,
] as const;
