import { ShapeError } from "@trivium/core";
import type { PerPosition, Range } from "../mask.ts";
import type { RowValues } from "../per-row.ts";

/** A packed document: where its queries and its keys stand, and its number through the whole batch. */
export interface PackedDocument {
  readonly number: number;
  readonly queries: Range;
  readonly keys: Range;
}

/** The documents of one row, and for each position the index of its document in that list, or −1. */
export interface DocumentLayout {
  readonly documents: readonly PackedDocument[];
  readonly ofQuery: Int32Array;
  readonly ofKey: Int32Array;
}

type Ids = RowValues<PerPosition, readonly number[]>;

/** Finds the documents of each row: unbroken runs of one id ≥ 0, numbered through the batch. */
export function layOutDocuments(rows: number, ofQueries: Ids, ofKeys: Ids): DocumentLayout[] {
  let number = 0;
  return Array.from({ length: rows }, (_, b) => {
    const queryRuns = findRuns(ofQueries.row(b));
    const keyRuns = findRuns(ofKeys.row(b));
    assertSameDocuments(b, queryRuns, keyRuns);
    return {
      documents: queryRuns.map((run, index) => ({ number: number++, queries: run, keys: keyRuns[index] as Run })),
      ofQuery: indexRuns(queryRuns, ofQueries.row(b).length),
      ofKey: indexRuns(keyRuns, ofKeys.row(b).length),
    };
  });
}

interface Run extends Range {
  readonly id: number;
}

function findRuns(ids: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < ids.length; ) {
    const id = ids[start] as number;
    let end = start + 1;
    while (ids[end] === id) end++;
    if (id >= 0) runs.push({ id, start, end });
    start = end;
  }
  return runs;
}

function indexRuns(runs: readonly Run[], length: number): Int32Array {
  const indices = new Int32Array(length).fill(-1);
  for (const [index, { start, end }] of runs.entries()) indices.fill(index, start, end);
  return indices;
}

function assertSameDocuments(row: number, queries: readonly Run[], keys: readonly Run[]): void {
  const [ofQueries, ofKeys] = [queries, keys].map((runs) => runs.map(({ id }) => id).join(", "));
  if (ofQueries === ofKeys) return;
  const wanted = "queries and keys should hold the same documents in the same order";
  const message = `${wanted}; in row ${row} queries hold ${ofQueries}, keys ${ofKeys}`;
  throw new ShapeError("masks/document-ids", message, { details: { row, queries: ofQueries, keys: ofKeys } });
}
