import type { Cells } from "./cells.ts";

/** A cell of a matrix. */
export interface CellPlace {
  readonly query: number;
  readonly key: number;
}

/** A rectangle of cells, both ends included. */
export interface CellArea {
  readonly queries: readonly [number, number];
  readonly keys: readonly [number, number];
}

/** The cells with some of them set to a bit. */
export function painted(cells: Cells, places: readonly CellPlace[], bit: number): Cells {
  const bits = cells.bits.slice();
  for (const { query, key } of places) bits[query * cells.keys + key] = bit;
  return { ...cells, bits };
}

/** The rectangle between two of its corners. */
export const spanOf = (a: CellPlace, b: CellPlace): CellArea => ({
  queries: [Math.min(a.query, b.query), Math.max(a.query, b.query)],
  keys: [Math.min(a.key, b.key), Math.max(a.key, b.key)],
});

/** Every cell of a rectangle. */
export function cellsOfArea({ queries, keys }: CellArea): CellPlace[] {
  const places: CellPlace[] = [];
  for (let query = queries[0]; query <= queries[1]; query++) {
    for (let key = keys[0]; key <= keys[1]; key++) places.push({ query, key });
  }
  return places;
}

/**
 * The cells of the diagonal through `from` as far as the row of `to`.
 *
 * @example cellsOfDiagonal({ query: 1, key: 0 }, { query: 2, key: 5 }, { queries: 4, keys: 4 })
 *   // => [{ query: 1, key: 0 }, { query: 2, key: 1 }]
 */
export function cellsOfDiagonal(
  from: CellPlace,
  to: CellPlace,
  { keys }: Pick<Cells, "queries" | "keys">,
): CellPlace[] {
  const [first, last] = [Math.min(from.query, to.query), Math.max(from.query, to.query)];
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    query: first + at,
    key: from.key + first + at - from.query,
  })).filter(({ key }) => key >= 0 && key < keys);
}

/** The cells on the straight line between two cells, both included. */
export function cellsOfLine(from: CellPlace, to: CellPlace): CellPlace[] {
  const [down, right] = [to.query - from.query, to.key - from.key];
  const steps = Math.max(1, Math.abs(down), Math.abs(right));
  return Array.from({ length: steps + 1 }, (_, step) => ({
    query: Math.round(from.query + (down * step) / steps),
    key: Math.round(from.key + (right * step) / steps),
  }));
}
