import type { PositionRows } from "@trivium/attention";
import { documentLengths, logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import type { Mask } from "@trivium/masks";
import type { Architecture } from "./architecture.ts";
import { isBidirectional, isFull, positionsOf, prefixLookup, selfMaskFor } from "./input-masks.ts";
import { mergedMask, packedMergedMask } from "./merged-mask.ts";
import { isMerged, type ResolvedConfig } from "./resolve-config.ts";

/** Where the tokens of a stream stand, and whom its self-attention shows them there. */
export interface StreamLayout {
  /** Padding hidden, packed documents apart. */
  readonly selfMask: Mask;
  /** Logical positions, `[B or 1][Q]`. */
  readonly queryPositions: PositionRows;
  /** Of all keys, `[B or 1][K]`: where attention is merged, those of memory stand first. */
  readonly keyPositions: PositionRows;
  /** The length of the prefix to which a slot belongs: that of its row, or of its document in a packed row. */
  readonly prefixAt: (row: number, slot: number) => number;
}

/** The layout of a stream of an input: alone, or continuing the stream before it where attention is merged. */
export function streamLayout(
  { architecture, config }: { readonly architecture: Architecture; readonly config: ResolvedConfig },
  input: ModelInput,
  stream: string,
): StreamLayout {
  if (isMerged(config) && stream === architecture.streams[1]) return mergedLayout(architecture, input);
  const rows = input.streams[stream] as StreamRows;
  const positions = positionsOf(rows);
  return {
    selfMask: selfMaskFor(architecture, input, stream),
    queryPositions: positions,
    keyPositions: positions,
    // A prefix that is a stream of its own has nothing behind it there.
    prefixAt: architecture.streams.length > 1 ? () => 0 : prefixLookup(input, rows),
  };
}

function mergedLayout(architecture: Architecture, input: ModelInput): StreamLayout {
  const [memory, rows] = architecture.streams.map((stream) => input.streams[stream]) as [StreamRows, StreamRows];
  const memoryLengths = documentLengths(memory).flat();
  const prefixAt = prefixLookup({ prefixLengths: memoryLengths }, rows);
  const positions = isFull(memory) && isFull(rows) ? positionsOf : logicalPositions;
  const [ofMemory, own] = [positions(memory), positions(rows)];
  const queries = own.map((row, b) => row.map((position, slot) => (position < 0 ? -1 : position + prefixAt(b, slot))));
  const keys = queries.map((row, b) => [...(ofMemory[b] as readonly number[]), ...row]);
  const selfMask = rows.documents
    ? packedMergedMask(architecture, input, { memory, rows })
    : mergedMask(architecture, input, { memoryLengths, queries, keys });
  return { selfMask, queryPositions: queries, keyPositions: keys, prefixAt };
}

/** Whether relative positions of a stream go both ways: in a text of two streams, as in a prefix, those of all do. */
export function readsBothWays(
  { architecture, config }: { readonly architecture: Architecture; readonly config: ResolvedConfig },
  stream: string,
): boolean {
  return (isMerged(config) ? architecture.streams : [stream]).some((one) => isBidirectional(architecture, one));
}
