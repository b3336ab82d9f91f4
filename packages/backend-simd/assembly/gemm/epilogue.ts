/** What follows the sums of a product while they are in the cache: bias, activation and its derivative. */
import { binary } from "../elementwise/binary";
import { activation } from "../fused/activation";
import { Product } from "./problem";

const ADD: u32 = 0;

/** Where sums go: the activation's derivative takes their place, if it is wanted. */
@inline
export function sumsOf(p: Product): usize {
  return p.slope ? p.slope : p.c;
}

/** Rows that nothing lies between are one run. */
@inline
function rowsOfRun(p: Product, rows: u32, columns: u32): u32 {
  return columns == p.ldc ? rows : 1;
}

/** Adds the bias of the columns from `column` on to sums; `at` is the first of them in C. */
export function addBias(p: Product, column: u32, at: u32, rows: u32, columns: u32): void {
  const run = rowsOfRun(p, rows, columns), bias = p.bias + 4 * column;
  for (let row: u32 = 0; row < rows; row += run, at += p.ldc) {
    const y = sumsOf(p) + 4 * at;
    binary(ADD, y, columns, 1, bias, 0, 1, y, columns, 0, run * columns);
  }
}

/** Applies the activation to sums, and keeps its derivative if it is wanted; `at` is the first of them in C. */
export function activate(p: Product, at: u32, rows: u32, columns: u32): void {
  const run = rowsOfRun(p, rows, columns);
  for (let row: u32 = 0; row < rows; row += run, at += p.ldc) {
    const from = sumsOf(p) + 4 * at;
    activation(p.activation, from, p.c + 4 * at, p.slope ? from : 0, 0, run * columns);
  }
}
