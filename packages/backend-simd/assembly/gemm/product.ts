/** Matrix products by either engine, with an epilogue of bias and activation. */
import { activate, addBias, sumsOf } from "./epilogue";
import { multiplyRows } from "./gemm";
import { libraryProduct, libraryProductBf16 } from "./library-product";
import { LIBRARY_BF16, Product, WASM } from "./problem";

/** Most elements of a tile of C, in which a panel is taken: the second cache still has them when bias and activation follow. */
const MOST_KEPT: u32 = 131072;
/** A side of a tile is a multiple of it: a cache line. */
const LINE: u32 = 16;
/** Rows of a tile down to which its columns stay together, where nothing is transposed: its rows are one run then. */
const LEAST_ROWS: u32 = 128;

/**
 * `C[i] = f(op(A[i])·op(B[i]) + bias) (+ C[i])` for matrices `i = 0, 1, …`: `[m, k]·[k, n] → [m, n]`.
 *
 * Range: panels of the whole batch where a library multiplies. Else rows, counted over the whole batch, of which row `r`
 * is row `r mod m` of matrix `⌊r/m⌋`; or columns of a single matrix.
 *
 * @param problem - address of a `Product`. @param scratch - `gemmScratchBytes()` bytes of this thread alone; none for a library.
 */
export function product(problem: usize, scratch: usize, start: u32, end: u32): void {
  const p = changetype<Product>(problem);
  if (p.engine == WASM) return multiplyHere(p, scratch, start, end);
  for (; start < end; start++) multiplyPanel(p, start);
}

function multiplyHere(p: Product, scratch: usize, start: u32, end: u32): void {
  // Every row of some columns is a product of its own.
  const column: u32 = p.byColumns ? start : 0, columns = p.byColumns ? end - start : p.n;
  const first: u32 = p.byColumns ? 0 : start;
  const last = p.byColumns ? p.m : end;
  // One B for rows that follow each other without a gap is one tall product: B is packed once.
  const isTall = !p.transposeA && p.strideB == 0 && p.strideA == p.m * p.lda && p.strideC == p.m * p.ldc;
  const m = isTall ? max(p.m, last) : p.m;
  for (let next = first; next < last; ) {
    const matrix = next / m, row = next - matrix * m;
    const stop = min(m, row + (last - next));
    multiplyRows(p, matrix, sumsOf(p) + 4 * (matrix * p.strideC + column), column, columns, scratch, row, stop, m);
    next += stop - row;
  }
}

/** One panel, counted over the whole batch, by the library. */
function multiplyPanel(p: Product, index: u32): void {
  const length = p.byColumns ? p.n : p.m;
  const panels = (length + p.panel - 1) / p.panel;
  const matrix = index / panels;
  const first = (index - matrix * panels) * p.panel;
  const count = min(p.panel, length - first);
  const row: u32 = p.byColumns ? 0 : first, rows = p.byColumns ? p.m : count;
  const column: u32 = p.byColumns ? first : 0, columns = p.byColumns ? count : p.n;
  let height = rows, width = columns;
  const least = p.transposeA || p.transposeB ? width : LEAST_ROWS;
  while (height * width > MOST_KEPT) {
    if (height > min(width, least)) height = halfOf(height);
    else width = halfOf(width);
  }
  for (let i: u32 = 0; i < rows; i += height) {
    for (let j: u32 = 0; j < columns; j += width) {
      multiplyTile(p, matrix, row + i, min(height, rows - i), column + j, min(width, columns - j));
    }
  }
}

/** Half of a tile's side, in whole cache lines. */
@inline
function halfOf(side: u32): u32 {
  return ((side + 2 * LINE - 1) / (2 * LINE)) * LINE;
}

/** Some rows and columns of a matrix of the batch, with what follows their sums. */
function multiplyTile(p: Product, matrix: u32, row: u32, rows: u32, column: u32, columns: u32): void {
  const bytes: usize = p.engine == LIBRARY_BF16 ? 2 : 4;
  const a = p.a + bytes * (matrix * p.strideA + row * (p.transposeA ? 1 : p.lda));
  const b = p.b + bytes * (matrix * p.strideB + column * (p.transposeB ? p.ldb : 1));
  const at = matrix * p.strideC + row * p.ldc + column;
  addUp(p, rows, columns, a, b, sumsOf(p) + 4 * at);
  if (p.bias) addBias(p, column, at, rows, columns);
  if (p.activation >= 0) activate(p, at, rows, columns);
}

/** The sums of `rows` rows and `columns` columns, `depth` terms at a time; the addresses are those of their operands. */
function addUp(p: Product, rows: u32, columns: u32, a: usize, b: usize, c: usize): void {
  const ta = p.transposeA != 0, tb = p.transposeB != 0, isRounded = p.engine == LIBRARY_BF16;
  const bytes: usize = isRounded ? 2 : 4;
  const aStep = bytes * (ta ? p.lda : 1), bStep = bytes * (tb ? 1 : p.ldb);
  for (let done: u32 = 0; done < p.k; done += p.depth) {
    const terms = min(p.depth, p.k - done), adds = p.accumulate != 0 || done > 0;
    const fromA = a + done * aStep, fromB = b + done * bStep;
    if (isRounded) libraryProductBf16(ta, tb, rows, columns, terms, fromA, p.lda, fromB, p.ldb, c, p.ldc, adds);
    else libraryProduct(ta, tb, rows, columns, terms, fromA, p.lda, fromB, p.ldb, c, p.ldc, adds);
  }
}
