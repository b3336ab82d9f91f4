import type { MaskParts } from "../create-mask.ts";
import type { Mask, PerPosition, Range } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { commonRows, readPerPosition } from "../per-row.ts";

export interface DocumentsOptions {
  /** The document of each query, and of each key unless `keyIds` says otherwise. A negative id is padding. */
  readonly ids: PerPosition;
  /** The document of each key where keys are another stream: in cross-attention, those of the source. */
  readonly keyIds?: PerPosition | undefined;
}

export const documentsMask = mask("documents", documentParts, {
  description: "A query sees keys of its own packed document.",
  parameters: ["ids", "keyIds?"],
  text: "lists",
});

/**
 * Keeps packed documents apart: `ids[q] = keyIds[k]`. Positions past the end of the ids, and those of a negative id,
 * see nothing and are not seen.
 *
 * Positions are not moved: for masks that count from a document's start, use `packed`.
 *
 * ```
 * documents(0,0,1)   documents(0,0,1) & causal
 * ██·                █··
 * ██·                ██·
 * ··█                ··█
 * ```
 * @throws {ConfigError} `masks/document-ids` if an id is not an integer.
 * @throws {ShapeError} `masks/document-ids` if rows differ in length or number.
 * @source Krell et al. 2021, https://arxiv.org/abs/2107.02027
 * @example documents({ ids: [0, 0, 1] }).visible(0, 0, 2, 1) // => false
 */
export const documents: (options: DocumentsOptions) => Mask = documentsMask.create;

/** Checks the documents of queries and keys. */
export function readDocumentIds({ ids, keyIds }: DocumentsOptions) {
  const code = "masks/document-ids";
  const ofQueries = readPerPosition(code, "ids", ids);
  const ofKeys = keyIds === undefined ? ofQueries : readPerPosition(code, "keyIds", keyIds);
  const options: DocumentsOptions = { ids: ofQueries.spec, keyIds: keyIds && ofKeys.spec };
  return { options, rows: commonRows(code, { ids: ofQueries.rows, keyIds: ofKeys.rows }), ofQueries, ofKeys };
}

function documentParts(given: DocumentsOptions): MaskParts {
  const { options, rows, ofQueries, ofKeys } = readDocumentIds(given);
  return {
    options,
    rows,
    visible(b, _h, q, k) {
      const id = ofQueries.row(b)[q];
      return id !== undefined && id >= 0 && id === ofKeys.row(b)[k];
    },
    classify(b, _h, queries, keys) {
      const seen = idsWithin(ofQueries.row(b), queries);
      const shown = idsWithin(ofKeys.row(b), keys);
      if (![...shown].some((id) => id >= 0 && seen.has(id))) return "none";
      return seen.size === 1 && shown.size === 1 ? "all" : "some";
    },
  };
}

/** The ids in a range; every padding or missing position counts as −1. */
function idsWithin(ids: readonly number[], { start, end }: Range): Set<number> {
  const found = new Set<number>();
  for (let position = start; position < end; position++) found.add(Math.max(ids[position] ?? -1, -1));
  return found;
}
