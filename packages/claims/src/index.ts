import { attentionCostPlugin } from "./attention-cost/attention-cost.ts";
import { parametersAndComputePlugin } from "./parameters-and-compute/parameters-and-compute.ts";
import { prefixSupervisionPlugin } from "./prefix-supervision/prefix-supervision.ts";

export { attentionCost } from "./attention-cost/attention-cost.ts";
export { parametersAndCompute } from "./parameters-and-compute/parameters-and-compute.ts";
export { prefixSupervision } from "./prefix-supervision/prefix-supervision.ts";

/** The claims of this package, for a registry. */
export const claimPlugins = [prefixSupervisionPlugin, attentionCostPlugin, parametersAndComputePlugin] as const;
