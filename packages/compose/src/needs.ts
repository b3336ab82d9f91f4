import type { AttentionNeeds } from "@trivium/attention";
import { type Mask, packed } from "@trivium/masks";
import { type Architecture, type ResolvedConfig, selfMaskOf, streamLayout } from "@trivium/model";
import type { Backend } from "@trivium/tensor";

/** The rows and the backend that a kernel will work on. */
interface Place {
  readonly isPacked: boolean;
  readonly backend: Backend | undefined;
}

/** Returns masks as they will be, with a sample prefix and packed if rows are, and what else the kernel will meet. */
export function attentionNeeds(
  architecture: Architecture,
  config: ResolvedConfig,
  { isPacked, backend }: Place,
): AttentionNeeds {
  const bias = ({ t5: "relative", alibi: "alibi" } as const)[config.positions.kind as "t5" | "alibi"];
  return {
    backend,
    masks:
      config.crossAttention === "merged"
        ? mergedMasks(architecture, config, isPacked)
        : separateMasks(architecture, isPacked),
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
  const rows = { ids: new Int32Array(0), lengths: [8], length: 9, ...(isPacked && { documents: [[5, 3]] }) };
  const streams = Object.fromEntries(architecture.streams.map((stream) => [stream, rows]));
  const input = { size: 1, streams, prefixLengths: isPacked ? [3, 2] : [3] };
  return architecture.streams.flatMap((stream) => [
    ...new Set(streamLayout({ architecture, config }, input, stream).selfMasks),
  ]);
}
