import type { AttentionNeeds } from "@trivium/attention";
import { packed } from "@trivium/masks";
import { type Architecture, type ResolvedConfig, selfMaskOf } from "@trivium/model";
import type { BackendNeeds } from "@trivium/tensor";

/** Masks as they will be, with a sample prefix and packed if rows are, and what else the kernel will meet. */
export function attentionNeeds(architecture: Architecture, config: ResolvedConfig, isPacked: boolean): AttentionNeeds {
  const context = { prefixLengths: 3 };
  const masks = architecture.streams.map((stream) => selfMaskOf(architecture, stream)(context));
  if (architecture.crossMask) masks.push(architecture.crossMask(context));
  const bias = ({ t5: "relative", alibi: "alibi" } as const)[config.positions as "t5" | "alibi"];
  return {
    masks: isPacked ? masks.map((mask) => packed(mask, sampleDocuments)) : masks,
    ...(bias ? { bias } : {}),
    dropout: config.dropout > 0,
    groupedHeads: config.keyValueHeads !== config.heads,
    gradients: true,
  };
}

/** Two documents and padding. */
const sampleDocuments = [0, 0, 0, 0, 0, 1, 1, 1, -1];

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
