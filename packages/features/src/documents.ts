/** The rows of one stream, padded to one length. */
export interface StreamRows {
  /** `[B, L]` row-major; behind a row's real length stands the pad id. */
  readonly ids: Int32Array;
  /** The real length of each row. */
  readonly lengths: readonly number[];
  /** L, the padded length. */
  readonly length: number;
  /** The side on which the padding stands. Default `"right"`. */
  readonly padding?: "left" | "right" | undefined;
  /** The lengths of the documents that share each row, in order. Default: a row is one document. */
  readonly documents?: readonly (readonly number[])[] | undefined;
}

/**
 * Returns the lengths of the documents of each row, in order. A row that is not packed is one document.
 *
 * @returns `[B][documents of the row]`.
 */
export function documentLengths({ documents, lengths }: StreamRows): readonly (readonly number[])[] {
  return documents ?? lengths.map((length) => [length]);
}

/**
 * Returns the number of the document in each slot, counted through the whole batch, and −1 on padding. The mask `packed`
 * of `@trivium/masks` takes these numbers.
 *
 * @returns `[B][L]`.
 * @example documentIds({ ids, documents: [[2, 1], [3]], lengths: [3, 3], length: 4 }) // => [[0, 0, 1, -1], [2, 2, 2, -1]]
 */
export function documentIds(rows: StreamRows): number[][] {
  let number = 0;
  return documentLengths(rows).map((documents, row) => {
    const slots = Array.from({ length: rows.length }, () => -1);
    let start = rows.padding === "left" ? rows.length - (rows.lengths[row] as number) : 0;
    for (const length of documents) {
      slots.fill(number++, start, start + length);
      start += length;
    }
    return slots;
  });
}
