import { ShapeError } from "@trivium/core";
import { commonRows } from "../common-rows.ts";
import { createMask } from "../create-mask.ts";
import type { Mask, PerPosition, Range } from "../mask.ts";
import { readPerPosition } from "../per-row.ts";
import { type DocumentLayout, layOutDocuments, type PackedDocument } from "./document-layout.ts";

/** What a packed mask was made of: lowerings go document by document. */
export interface PackedParts {
  readonly inner: Mask;
  /** The documents of a batch row. */
  documentsOf(b: number): readonly PackedDocument[];
  /** The row of the inner mask that speaks of a document of batch row `b`. */
  innerRow(b: number, document: PackedDocument): number;
}

const partsOf = new WeakMap<Mask, PackedParts>();

/** The parts of a mask that `packed` made, else undefined. */
export const packedParts = (mask: Mask): PackedParts | undefined => partsOf.get(mask);

/**
 * Any mask, inside packed documents: a query sees what `inner` shows at positions counted from the start of its own
 * document, and nothing of other documents.
 *
 * A document is an unbroken run of one id ≥ 0; negative ids are padding. If `inner` speaks of rows, its rows are
 * documents: those of batch row 0 in order, then those of row 1, and so on (if `ids` is one list for all rows, the
 * documents of that list).
 *
 * ```
 * packed(or(prefix({ lengths: [2, 1] }), causal()), [0, 0, 0, 1, 1])
 * ██···
 * ██···
 * ███··
 * ···█·
 * ···██
 * ```
 * @param keyIds - the documents of the keys where keys are another stream; the same documents in the same order.
 * @throws {ConfigError} `masks/document-ids` if an id is not an integer.
 * @throws {ShapeError} `masks/document-ids` if rows differ in length or number, or keys have other documents;
 *   `masks/packed-rows` if `inner` speaks of another number of rows than there are documents.
 * @source attention-gym, `generate_doc_mask_mod`, https://github.com/meta-pytorch/attention-gym
 * @example packed(causal(), [0, 0, 1]).visible(0, 0, 2, 1) // => false
 */
export function packed(inner: Mask, ids: PerPosition, keyIds?: PerPosition): Mask {
  const ofQueries = readPerPosition("masks/document-ids", "ids", ids);
  const ofKeys = keyIds === undefined ? ofQueries : readPerPosition("masks/document-ids", "keyIds", keyIds);
  const rows = commonRows("masks/document-ids", { ids: ofQueries.rows, keyIds: ofKeys.rows });
  const layouts = layOutDocuments(rows ?? 1, ofQueries, ofKeys);
  assertInnerRows(inner, layouts);
  const layoutOf = (b: number) => layouts[rows === null ? 0 : b] as DocumentLayout;
  const innerRow = (b: number, { number }: PackedDocument) => (inner.rows === null ? b : number);
  const mask = createMask({
    spec: { type: "packed", inner: inner.spec, ids: ofQueries.spec, ...(keyIds && { keyIds: ofKeys.spec }) },
    rows,
    heads: inner.heads,
    visible(b, h, q, k) {
      const { documents, ofQuery, ofKey } = layoutOf(b);
      const document = documents[ofQuery[q] ?? -1];
      if (document === undefined || ofKey[k] !== ofQuery[q]) return false;
      return inner.visible(innerRow(b, document), h, q - document.queries.start, k - document.keys.start);
    },
    classify(b, h, queries, keys) {
      for (const document of layoutOf(b).documents) {
        if (document.queries.end <= queries.start) continue;
        if (document.queries.start >= queries.end) break;
        const q = overlap(document.queries, queries);
        const k = overlap(document.keys, keys);
        if (q === null || k === null) continue;
        const row = innerRow(b, document);
        const its = inner.classify(row, h, moved(q, document.queries), moved(k, document.keys));
        if (its === "none") continue;
        return its === "all" && size(q) === size(queries) && size(k) === size(keys) ? "all" : "some";
      }
      return "none";
    },
  });
  partsOf.set(mask, { inner, innerRow, documentsOf: (b) => layoutOf(b).documents });
  return mask;
}

function assertInnerRows(inner: Mask, layouts: readonly DocumentLayout[]): void {
  const documents = layouts.reduce((sum, layout) => sum + layout.documents.length, 0);
  if (inner.rows === null || inner.rows === documents) return;
  throw new ShapeError(
    "masks/packed-rows",
    `inside packed() a row of the inner mask is a document: it should have ${documents} rows, got ${inner.rows}`,
    { details: { documents, rows: inner.rows } },
  );
}

const size = ({ start, end }: Range) => end - start;

const moved = ({ start, end }: Range, base: Range): Range => ({ start: start - base.start, end: end - base.start });

function overlap(a: Range, b: Range): Range | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : null;
}
