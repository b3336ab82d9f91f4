import type { AttentionNeeds } from "@trivium/attention";
import { type Mask, packed } from "@trivium/masks";
import { type Architecture, type ResolvedConfig, selfMaskOf, streamLayout } from "@trivium/model";
import type { BackendNeeds } from "@trivium/tensor";

/** Masks as they will be, with a sample prefix and packed if rows are, and what else the kernel will meet. */
export function attentionNeeds(architecture: Architecture, config: ResolvedConfig, isPacked: boolean): AttentionNeeds {
  const bias = ({ t5: "relative", alibi: "alibi" } as const)[config.positions.kind as "t5" | "alibi"];
  return {
    masks:
      config.crossAttention === "merged"
        ? mergedMasks(architecture, config, isPacked)
        : separateMasks(architecture, isPacked),
    bias,
    dropout: config.dropout > 0,
    groupedHeads: config.keyValueHeads !== config.heads,
    gradients: true,
  };
}

function separateMasks(architecture: Architecture, isPacked: boolean): Mask[] {
  const context = { prefixLengths: 3 };
  const masks = architecture.streams.map((stream) => selfMaskOf(architecture, stream)(context));
  if (architecture.crossMask) masks.push(architecture.crossMask(context));
  return isPacked ? masks.map((mask) => packed(mask, sampleDocuments)) : masks;
}

/** Two documents and padding. */
const sampleDocuments = [0, 0, 0, 0, 0, 1, 1, 1, -1];

/** One mask over the keys of both streams has no form that depends on lengths alone, so it is that of a sample. */
function mergedMasks(architecture: Architecture, config: ResolvedConfig, isPacked: boolean): Mask[] {
  const rows = { ids: new Int32Array(0), lengths: [8], length: 9, ...(isPacked && { documents: [[5, 3]] }) };
  const streams = Object.fromEntries(architecture.streams.map((stream) => [stream, rows]));
  const input = { size: 1, streams, prefixLengths: isPacked ? [3, 2] : [3] };
  return architecture.streams.flatMap((stream) => [
    ...new Set(streamLayout({ architecture, config }, input, stream).selfMasks),
  ]);
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
  if (activation === "swiglu" || activation === "silu") ops.push("sigmoid");
  if (activation === "relu") ops.push("relu");
  ops.push(norm.kind === "layer" ? "mean" : "rsqrt");
  return { gradients: true, ops };
}
