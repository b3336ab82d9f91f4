import { attentionCostPlugin } from "./attention-cost/attention-cost.ts";
import { prefixSupervisionPlugin } from "./prefix-supervision/prefix-supervision.ts";

export { attentionCost } from "./attention-cost/attention-cost.ts";
export { prefixSupervision } from "./prefix-supervision/prefix-supervision.ts";

/** The claims of this package, for a registry. */
export const claimPlugins = [prefixSupervisionPlugin, attentionCostPlugin] as const;
