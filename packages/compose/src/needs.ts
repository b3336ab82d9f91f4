import type { AttentionNeeds } from "@trivium/attention";
import { type Architecture, type ResolvedConfig, selfMaskOf } from "@trivium/model";
import type { BackendNeeds } from "@trivium/tensor";

/** Masks as they will be, with a sample prefix, and what else the kernel will meet. */
export function attentionNeeds(architecture: Architecture, config: ResolvedConfig): AttentionNeeds {
  const context = { prefixLengths: 3 };
  const masks = architecture.streams.map((stream) => selfMaskOf(architecture, stream)(context));
  if (architecture.crossMask) masks.push(architecture.crossMask(context));
  const bias = ({ t5: "relative", alibi: "alibi" } as const)[config.positions as "t5" | "alibi"];
  return {
    masks,
    ...(bias ? { bias } : {}),
    dropout: config.dropout > 0,
    groupedHeads: config.keyValueHeads !== config.heads,
    gradients: true,
  };
}

/** The tfjs ops that training a model of this configuration runs. */
export function backendNeeds({ activation, norm }: ResolvedConfig): BackendNeeds {
  const ops = [
    "matMul",
    "fusedMatMul",
    "gather",
    "unsortedSegmentSum",
    "softmax",
    "where",
    "transpose",
    "logSumExp",
    "oneHot",
  ];
  if (activation.startsWith("gelu") || activation.startsWith("geglu"))
    ops.push(activation.endsWith("tanh") ? "tanh" : "erf");
  if (activation === "swiglu") ops.push("sigmoid");
  if (activation === "relu") ops.push("relu");
  ops.push(norm === "layer" ? "mean" : "rsqrt");
  return { gradients: true, ops };
}
