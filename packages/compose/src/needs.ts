import type { AttentionNeeds } from "@trivium/attention";
import { type Mask, packed } from "@trivium/masks";
import { type Architecture, type ResolvedConfig, selfMaskOf, streamLayout } from "@trivium/model";
import type { Backend } from "@trivium/tensor";

/** The parts beside a model that an attention kernel meets. */
interface ComposedWith {
  readonly isPacked?: boolean | undefined;
  readonly backend?: Backend | undefined;
}

/** Returns masks as they will be, with a sample prefix and packed if rows are, and what else the kernel will meet. */
export function attentionNeeds(
  architecture: Architecture,
  config: ResolvedConfig,
  { isPacked = false, backend }: ComposedWith,
): AttentionNeeds {
  const bias = ({ t5: "relative", alibi: "alibi" } as const)[config.positions.kind as "t5" | "alibi"];
  const isMerged = config.crossAttention === "merged";
  return {
    backend,
    masks: isMerged ? mergedMasks(architecture, config, isPacked) : separateMasks(architecture, isPacked),
    bias,
    softCap: config.attention.softCap !== undefined,
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
  const rows = { ids: new Int32Array(0), lengths: [8], length: 9, documents: isPacked ? [[5, 3]] : undefined };
  const streams = Object.fromEntries(architecture.streams.map((stream) => [stream, rows]));
  const input = { size: 1, streams, prefixLengths: isPacked ? [3, 2] : [3] };
  const masks = architecture.streams.flatMap(
    (stream) => streamLayout({ architecture, config }, input, stream).selfMasks,
  );
  return [...new Set(masks)];
}
