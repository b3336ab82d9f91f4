import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { reduceCodes } from "../wasm/codes.ts";

/** Rows that are summed together before the sums are: threads share panels, and rounding does not add up. */
const PANEL_ROWS = 64;

/** Row panels of a matrix of that many rows: by the shape alone, so that no sum depends on the threads. */
export const panelsOf = (rows: number): { count: number; height: number } => ({
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
  const [total] = sumOfPanels(backend, { panels: count, columns, outputs: 1 }, ([sums]) => {
    const { factor, product } = scaled ?? { factor: 0, product: 0 };
    backend.run("columnSums", count, x, factor, product, sums!, rows, columns, height);
  });
  return total!;
}

/** Adds up, in order, what `fill` leaves at each of so many addresses: one row of sums for each panel. */
export function sumOfPanels(
  backend: SimdBackend,
  { panels, columns, outputs }: { readonly panels: number; readonly columns: number; readonly outputs: number },
  fill: (addresses: readonly number[]) => void,
): Output[] {
  const partials = Array.from({ length: outputs }, () => backend.allocate([panels, columns], "float32"));
  fill(partials.map(({ address }) => address));
  return partials.map((partial) => {
    const total = backend.allocate([columns], "float32");
    backend.run("reduce", columns, reduceCodes.sum, partial.address, total.address, panels, columns);
    backend.disposeIntermediateTensorInfo(partial);
    return total;
  });
}
