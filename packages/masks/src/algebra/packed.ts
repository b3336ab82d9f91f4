import { ShapeError } from "@trivium/core";
import type { MaskParts } from "../create-mask.ts";
import { intervalFiller } from "../lowerings/interval-filler.ts";
import type { IntervalFiller, Mask, MaskExtent, PerPosition, Range } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { type DocumentsOptions, readDocumentIds } from "../primitives/documents.ts";
import { type DocumentLayout, layOutDocuments, type PackedDocument } from "./document-layout.ts";

/** The same documents in the same order for queries and keys. */
export type PackedOptions = DocumentsOptions;

export const packedMask = mask("packed", packedParts, {
  description: "A mask inside packed documents, counted from the start of each.",
  parameters: ["ids", "keyIds?"],
  children: 1,
  text: "lists",
});

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
  return packedMask.create({ ids, keyIds }, [inner]);
}

/** The documents of a batch row, and the row of the inner mask that speaks of each. */
interface Packing {
  readonly inner: Mask;
  layoutOf(b: number): DocumentLayout;
  innerRow(b: number, document: PackedDocument): number;
}

function packedParts(given: DocumentsOptions, [inner]: readonly [Mask]): MaskParts {
  const { options, rows, ofQueries, ofKeys } = readDocumentIds(given);
  const layouts = layOutDocuments(rows ?? 1, ofQueries, ofKeys);
  assertInnerRows(inner, layouts);
  const layoutOf = (b: number) => layouts[rows === null ? 0 : b] as DocumentLayout;
  const innerRow = (b: number, { number }: PackedDocument) => (inner.rows === null ? b : number);
  const packing: Packing = { inner, innerRow, layoutOf };
  return {
    options,
    rows,
    heads: inner.heads,
    visible(b, h, q, k) {
      const { documents, ofQuery, ofKey } = layoutOf(b);
      const document = documents[ofQuery[q] ?? -1];
      if (document === undefined || ofKey[k] !== ofQuery[q]) return false;
      return inner.visible(innerRow(b, document), h, q - document.queries.start, k - document.keys.start);
    },
    classify: classifyBy(packing),
    intervals: (extent) => intervalsBy(packing, extent),
  };
}

function classifyBy({ inner, innerRow, layoutOf }: Packing): Mask["classify"] {
  return (b, h, queries, keys) => {
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
  };
}

interface Lowered {
  readonly broken: number | null;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** Each document for itself, and documents of one size once where the inner mask is the same for all. */
function intervalsBy({ inner, innerRow, layoutOf }: Packing, extent: MaskExtent): IntervalFiller | null {
  for (let b = 0; b < extent.rows; b++) if (!fits(layoutOf(b), extent)) return null;
  const known = new Map<string, Lowered>();
  const lowered = (row: number, head: number, queries: number, keys: number): Lowered => {
    const key = `${inner.rows === null ? 0 : row} ${inner.heads === null ? 0 : head} ${queries} ${keys}`;
    const found = known.get(key);
    if (found) return found;
    const [start, end] = [new Int32Array(queries), new Int32Array(queries)];
    const fill = intervalFiller(inner, { rows: inner.rows ?? 1, heads: inner.heads ?? 1, queries, keys });
    const made = { start, end, broken: fill(inner.rows === null ? 0 : row, head, start, end) };
    known.set(key, made);
    return made;
  };
  return (b, head, start, end) => {
    for (const document of layoutOf(b).documents) {
      const { queries, keys } = document;
      const own = lowered(innerRow(b, document), head, size(queries), size(keys));
      if (own.broken !== null) return queries.start + own.broken;
      for (let index = 0; index < own.start.length; index++) {
        if (own.start[index] === own.end[index]) continue;
        start[queries.start + index] = (own.start[index] as number) + keys.start;
        end[queries.start + index] = (own.end[index] as number) + keys.start;
      }
    }
    return null;
  };
}

const fits = ({ documents }: DocumentLayout, extent: MaskExtent) =>
  documents.every(({ queries, keys }) => queries.end <= extent.queries && keys.end <= extent.keys);

function assertInnerRows(inner: Mask, layouts: readonly DocumentLayout[]): void {
  const documents = layouts.reduce((sum, layout) => sum + layout.documents.length, 0);
  if (inner.rows === null || inner.rows === documents) return;
  const wanted = `inside packed() a row of the inner mask is a document: it should have ${documents} rows`;
  throw new ShapeError("masks/packed-rows", `${wanted}, got ${inner.rows}`, {
    details: { documents, rows: inner.rows },
  });
}

const size = ({ start, end }: Range) => end - start;

const moved = ({ start, end }: Range, base: Range): Range => ({ start: start - base.start, end: end - base.start });

function overlap(a: Range, b: Range): Range | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : null;
}
