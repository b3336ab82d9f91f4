import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { reduceCodes } from "../native/codes.ts";

/** Rows that are summed together before the sums are: threads share panels, and rounding does not add up. */
const PANEL_ROWS = 64;

/** Row panels of a matrix of that many rows: by the shape alone, so that no sum depends on the threads. */
const panelsOf = (rows: number): { count: number; height: number } => ({
  count: Math.ceil(rows / PANEL_ROWS),
  height: PANEL_ROWS,
});

/** What to sum: `x [rows, columns]`, or `x·factor`, which is then kept in `product`. */
export interface Summands {
  readonly x: number;
  readonly scaled?: { readonly factor: number; readonly product: number };
  readonly rows: number;
  readonly columns: number;
}

/** The sum of each column, `[columns]`, float32, in one pass over the rows. */
export function columnSums(backend: SimdBackend, { x, scaled, rows, columns }: Summands): Output {
  const { count, height } = panelsOf(rows);
  return sumOfPanels(backend, count, columns, (sums) => {
    const { factor, product } = scaled ?? { factor: 0, product: 0 };
    backend.run("columnSums", count, x, factor, product, sums, rows, columns, height);
  });
}

/** Adds up what `fill` leaves at an address as one row of sums for each panel, in order. */
function sumOfPanels(backend: SimdBackend, panels: number, columns: number, fill: (sums: number) => void): Output {
  const partial = backend.allocate([panels, columns], "float32");
  fill(partial.address);
  const total = backend.allocate([columns], "float32");
  backend.run("reduce", columns, reduceCodes.sum, partial.address, total.address, panels, columns);
  backend.disposeIntermediateTensorInfo(partial);
  return total;
}
