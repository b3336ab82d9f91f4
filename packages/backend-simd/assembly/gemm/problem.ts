/**
 * The numbers of one call of `product`, written by `src/gemm/product-problem.ts` in this order, 4 bytes each. Addresses
 * are in bytes, leading dimensions and strides in elements.
 */
@unmanaged
export class Product {
  engine: u32;
  /** True if columns of C are shared out, else rows. */
  byColumns: u32;
  /** Rows or columns of C in a panel of the library. */
  panel: u32;
  /** Terms of a sum that the library adds up at a time. */
  depth: u32;
  transposeA: u32; transposeB: u32;
  m: u32; n: u32; k: u32;
  a: usize; lda: u32; strideA: u32;
  b: usize; ldb: u32; strideB: u32;
  c: usize; ldc: u32; strideC: u32;
  accumulate: u32;
  /** `[n]`, or 0 for none. */
  bias: usize;
  /** A code of `activation`, or −1 for none. */
  activation: i32;
  /** Where the activation's derivative is kept, laid out as C is; 0 for none. */
  slope: usize;
}

/** Engines. */
export const WASM: u32 = 0;
export const LIBRARY_BF16: u32 = 2;
