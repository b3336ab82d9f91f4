import type { PositionRows } from "@trivium/attention";
import { documentLengths, logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import type { Mask } from "@trivium/masks";
import { readsOf } from "./architecture.ts";
import { isFull, positionsOf, prefixLookup, selfMaskFor } from "./input-masks.ts";
import { mergedMask, packedMergedMask } from "./merged-mask.ts";
import type { ModelParts } from "./model-parts.ts";
import { isMerged, layersOf, type ResolvedConfig, windowOf } from "./resolve-config.ts";

/** Positions of a stream's tokens, and its self-attention masks over them. */
export interface StreamLayout {
  /** The mask of each layer, padding hidden and packed documents apart. Layers of one window share one mask. */
  readonly selfMasks: readonly Mask[];
  /** Logical positions, `[B or 1][Q]`. */
  readonly queryPositions: PositionRows;
  /** Logical positions of all keys, `[B or 1][K]`: where attention is merged, those of memory stand first. */
  readonly keyPositions: PositionRows;
  /** The length of the prefix to which a slot belongs: that of its row, or of its document in a packed row. */
  readonly prefixAt: (row: number, slot: number) => number;
}

type LayoutParts = Pick<ModelParts, "architecture" | "config">;

/** Returns the layout of a stream of an input: alone, or continuing the stream before it where attention is merged. */
export function streamLayout(parts: LayoutParts, input: ModelInput, stream: string): StreamLayout {
  const { architecture, config } = parts;
  if (isMerged(config) && stream === architecture.streams[1]) return mergedLayout(parts, input);
  const rows = input.streams[stream] as StreamRows;
  const positions = positionsOf(rows);
  return {
    selfMasks: masksOfLayers(config, stream, (window) => selfMaskFor(architecture, { ...input, window }, stream)),
    queryPositions: positions,
    keyPositions: positions,
    // A prefix that is a stream of its own has nothing behind it there.
    prefixAt: architecture.streams.length > 1 ? () => 0 : prefixLookup(input, rows),
  };
}

/** Builds the mask of each layer of a stream: one for each window, since plans are kept by a mask's identity. */
export function masksOfLayers(
  config: ResolvedConfig,
  stream: string,
  build: (window: number | undefined) => Mask,
): Mask[] {
  const known = new Map<number | undefined, Mask>();
  return Array.from({ length: layersOf(config, stream) }, (_, layer) => {
    const window = windowOf(config, layer);
    const mask = known.get(window) ?? build(window);
    known.set(window, mask);
    return mask;
  });
}

function mergedLayout({ architecture, config }: LayoutParts, input: ModelInput): StreamLayout {
  const [memory, rows] = architecture.streams.map((stream) => input.streams[stream]) as [StreamRows, StreamRows];
  const memoryLengths = documentLengths(memory).flat();
  const prefixAt = prefixLookup({ prefixLengths: memoryLengths }, rows);
  const positions = isFull(memory) && isFull(rows) ? positionsOf : logicalPositions;
  const [ofMemory, own] = [positions(memory), positions(rows)];
  const queries = own.map((row, b) => row.map((position, slot) => (position < 0 ? -1 : position + prefixAt(b, slot))));
  const keys = queries.map((row, b) => [...(ofMemory[b] as readonly number[]), ...row]);
  const { prefixLengths } = input;
  const selfMasks = masksOfLayers(config, architecture.streams[1] as string, (window) =>
    rows.documents
      ? packedMergedMask(architecture, { prefixLengths, window }, { memory, rows })
      : mergedMask(architecture, { prefixLengths, window }, { memoryLengths, queries, keys }),
  );
  return { selfMasks, queryPositions: queries, keyPositions: keys, prefixAt };
}

/** Returns whether relative positions of a stream go both ways. In a text of two streams, as in a prefix, all of them do. */
export function readsBothWays({ architecture, config }: LayoutParts, stream: string): boolean {
  return (isMerged(config) ? architecture.streams : [stream]).some((one) => readsOf(architecture, one) !== "past");
}
