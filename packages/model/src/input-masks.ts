import type { PositionRows } from "@trivium/attention";
import { documentIds, logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import { and, type Mask, packed, padding, positioned, window } from "@trivium/masks";
import { type Architecture, type MaskContext, selfMaskOf } from "./architecture.ts";

/** Logical positions of one stream's slots: a single row where all rows are full. */
export function positionsOf(rows: StreamRows): PositionRows {
  return isFull(rows) ? [Array.from({ length: rows.length }, (_, slot) => slot)] : logicalPositions(rows);
}

/** Returns whether every slot holds a token of the one document of its row. */
export const isFull = ({ documents, lengths, length }: StreamRows): boolean =>
  !documents && lengths.every((real) => real === length);

/** The prefix length of the document in each slot of a stream. */
export function prefixLookup(
  { prefixLengths }: Pick<ModelInput, "prefixLengths">,
  rows: StreamRows,
): (row: number, slot: number) => number {
  if (!rows.documents) return (row) => prefixLengths[row] as number;
  const ids = documentIds(rows);
  return (row, slot) => prefixLengths[ids[row]?.[slot] as number] ?? 0;
}

/**
 * Limits a mask to keys near a query.
 *
 * @param reach - number of tokens that a query sees in each direction, itself included. Default: no limit.
 * @example within(causal(), 2).visible(0, 0, 5, 3) // => false
 */
export const within = (mask: Mask, reach: number | undefined): Mask =>
  reach === undefined ? mask : and(mask, window({ left: reach - 1, right: reach - 1 }));

/**
 * The self-attention mask of one stream of an input as a model uses it: padding hidden, packed documents apart. The input
 * may name the window of a layer.
 *
 * @example selfMaskFor(causal, input, "tokens").visible(0, 0, 1, 0) // => true
 */
export function selfMaskFor(
  architecture: Architecture,
  input: ModelInput & Pick<MaskContext, "window">,
  stream: string,
): Mask {
  const rows = input.streams[stream] as StreamRows;
  const mask = selfMaskOf(architecture, stream)(input);
  return hidePadding(mask, rows, rows);
}

/**
 * The cross-attention mask from one stream to the one before it, `memory`, as a model uses it: padding hidden, packed
 * documents apart.
 *
 * @example crossMaskFor(encoderDecoder, input, "target", "source").visible(0, 0, 0, 3) // => true
 */
export function crossMaskFor(architecture: Architecture, input: ModelInput, stream: string, memory: string): Mask {
  const mask = (architecture.crossMask as NonNullable<Architecture["crossMask"]>)(input);
  return hidePadding(mask, input.streams[stream] as StreamRows, input.streams[memory] as StreamRows);
}

/**
 * Inside packed rows the mask speaks of documents, and each sees itself alone: this and padding come last, so that
 * nothing opens them again.
 *
 * Right padding needs only the keys' lengths; left padding moves logical positions, for queries and keys alike.
 */
function hidePadding(mask: Mask, queries: StreamRows, keys: StreamRows): Mask {
  if (queries.documents) return packed(mask, documentIds(queries), queries === keys ? undefined : documentIds(keys));
  if (queries.padding === "left" || keys.padding === "left") {
    return positioned(mask, { queries: logicalPositions(queries), keys: logicalPositions(keys) });
  }
  const full = keys.lengths.every((length) => length === keys.length);
  return full ? mask : and(mask, padding({ lengths: keys.lengths }));
}
