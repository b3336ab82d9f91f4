/** Matrix products by either engine, with an epilogue of bias and activation. */
import { binary } from "../elementwise/binary";
import { activation } from "../fused/activation";
import { multiplyRows } from "./gemm";
import { libraryProduct, libraryProductBf16 } from "./library-product";
import { LIBRARY_BF16, Product, WASM } from "./problem";

const ADD: u32 = 0;

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

/** Where sums go: the activation's derivative takes their place, if it is wanted. */
@inline
function sumsOf(p: Product): usize {
  return p.slope ? p.slope : p.c;
}

function multiplyHere(p: Product, scratch: usize, start: u32, end: u32): void {
  // Every row of some columns is a product of its own.
  const column: u32 = p.byColumns ? start : 0, columns = p.byColumns ? end - start : p.n;
  let first: u32 = p.byColumns ? 0 : start;
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
  while (first < last && p.activation >= 0) {
    const matrix = first / p.m, row = first - matrix * p.m;
    const rows = min(p.m - row, last - first);
    activate(p, matrix * p.strideC + row * p.ldc + column, rows, columns);
    first += rows;
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

/** Rows that nothing lies between are one run. */
@inline
function rowsOfRun(p: Product, rows: u32, columns: u32): u32 {
  return columns == p.ldc ? rows : 1;
}

function addBias(p: Product, column: u32, at: u32, rows: u32, columns: u32): void {
  const run = rowsOfRun(p, rows, columns), bias = p.bias + 4 * column;
  for (let row: u32 = 0; row < rows; row += run, at += p.ldc) {
    const y = sumsOf(p) + 4 * at;
    binary(ADD, y, columns, 1, bias, 0, 1, y, columns, 0, run * columns);
  }
}

function activate(p: Product, at: u32, rows: u32, columns: u32): void {
  const run = rowsOfRun(p, rows, columns);
  for (let row: u32 = 0; row < rows; row += run, at += p.ldc) {
    const from = sumsOf(p) + 4 * at;
    activation(p.activation, from, p.c + 4 * at, p.slope ? from : 0, 0, run * columns);
  }
}
