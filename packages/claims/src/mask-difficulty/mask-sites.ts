import { type Batch, toBatch, toPackedBatch } from "@trivium/features";
import { type Mask, maskKey } from "@trivium/masks";
import { type Architecture, crossMaskFor, selfMaskFor } from "@trivium/model";
import type { Collate } from "@trivium/objectives";

/** The way in which rows share a batch. */
export type Collation = "padded" | "packed";

export const collations: Readonly<Record<Collation, Collate>> = {
  padded: (rows) => toBatch(rows),
  packed: (rows) => toPackedBatch(rows, { length: 16, multipleOf: 16 }),
};

/** An attention of a model on a batch, with its mask and its queries that are no padding. */
export interface MaskSite {
  readonly name: string;
  readonly mask: Mask;
  /** Queries of each row that are no padding. */
  readonly queries: readonly number[];
  readonly size: { readonly rows: number; readonly queries: number; readonly keys: number };
}

/** The attentions of one layer of each stream. */
export function maskSites(architecture: Architecture, batch: Batch): MaskSite[] {
  const rowsOf = (stream: string) => batch.streams[stream] as NonNullable<(typeof batch.streams)[string]>;
  const site = (name: string, mask: Mask, [stream, memory]: readonly [string, string]): MaskSite => ({
    name,
    mask,
    queries: rowsOf(stream).lengths,
    size: { rows: batch.size, queries: rowsOf(stream).length, keys: rowsOf(memory).length },
  });
  const own = architecture.streams.map((stream) =>
    site(stream, selfMaskFor(architecture, batch, stream), [stream, stream]),
  );
  if (!architecture.crossMask) return own;
  const [first, last] = [architecture.streams[0], architecture.streams.at(-1)] as [string, string];
  return [...own, site("cross", crossMaskFor(architecture, batch, last, first), [last, first])];
}

/** Returns a key that tells the attentions of a model apart: the mask with its numbers of queries and keys. */
export const siteKey = (mask: Mask, queries: number, keys: number): string => `${queries} ${keys} ${maskKey(mask)}`;

/** The pairs that a mask shows to queries that are no padding, as a string of bits. */
export function shownPairs({ queries, size }: MaskSite, mask: Mask): string {
  let shown = "";
  for (const [row, count] of queries.entries()) {
    for (let query = 0; query < count; query++) {
      for (let key = 0; key < size.keys; key++) shown += mask.visible(row, 0, query, key) ? "1" : "0";
    }
  }
  return shown;
}
