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

/** Calls `fill` with addresses for one row of sums for each panel, and adds the panels up: so many outputs. */
export function sumOfPanels(
  backend: SimdBackend,
  { panels, columns, outputs }: { readonly panels: number; readonly columns: number; readonly outputs: number },
  fill: (addresses: readonly number[]) => void,
): Output[] {
  const partials = Array.from({ length: outputs }, () => backend.allocate([panels, columns], "float32"));
  fill(partials.map(({ address }) => address));
  return partials.map((partial) => {
    const total = backend.allocate([columns], "float32");
    sumRows(backend, { x: partial.address, rows: panels, columns, to: total.address });
    backend.disposeIntermediateTensorInfo(partial);
    return total;
  });
}

/** Matrices whose rows are to be added up. */
export interface Matrices {
  /** Address of `[matrices, rows, columns]`. */
  readonly x: number;
  /** Default 1. */
  readonly matrices?: number | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Address of the sums, `[matrices, columns]`. */
  readonly to: number;
  /** The number by which the sums are divided. Default: they are not. */
  readonly terms?: number | undefined;
}

/**
 * Adds up the rows of each matrix, panel by panel and then the panels likewise, so that the rounding of a sum grows with
 * the logarithm of its length. The order depends on the shape alone.
 */
export function sumRows(backend: SimdBackend, problem: Matrices): void {
  const { x, matrices = 1, rows, columns, to, terms } = problem;
  const code = terms === undefined ? reduceCodes.Sum : reduceCodes.Mean;
  if (rows <= PANEL_ROWS) {
    backend.run("reduce", matrices * columns, code, x, to, rows, columns, terms ?? 1);
    return;
  }
  const { count, height } = panelsOf(rows);
  const sums = backend.allocate([matrices, count, columns], "float32");
  backend.run("columnSums", matrices * count, x, 0, 0, sums.address, rows, columns, height);
  sumRows(backend, { ...problem, x: sums.address, rows: count });
  backend.disposeIntermediateTensorInfo(sums);
}
