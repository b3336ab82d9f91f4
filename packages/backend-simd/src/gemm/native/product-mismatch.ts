import type { Product } from "../gemm-provider.ts";

const [m, n, k] = [3, 5, 7];
const [A, B, C] = [0, 1024, 2048];

/** Multiplies small matrices of whole numbers in all transposes: undefined if they come out right, else the reason. */
export function productMismatch(product: Product, memory: WebAssembly.Memory, base: number): string | undefined {
  const floats = (offset: number, length: number) => new Float32Array(memory.buffer, offset, length);
  const [a, b] = [floats(A, m * k), floats(B, k * n)];
  a.forEach((_, index) => {
    a[index] = (index % 4) - 1;
  });
  b.forEach((_, index) => {
    b[index] = (index % 6) - 2;
  });
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const c = floats(C, m * n).fill(Number.NaN);
      const [lda, ldb] = [transposeA ? m : k, transposeB ? k : n];
      product(transposeA, transposeB, m, n, k, base + A, lda, base + B, ldb, base + C, n, false);
      const wrong = c.findIndex((got, at) => got !== expected(a, b, [transposeA, transposeB], at));
      if (wrong >= 0) return `a small product came out wrong: ${c[wrong]} at ${wrong}`;
    }
  }
  return undefined;
}

function expected(a: Float32Array, b: Float32Array, [transposeA, transposeB]: [boolean, boolean], at: number): number {
  const [row, column] = [Math.floor(at / n), at % n];
  let sum = 0;
  for (let p = 0; p < k; p++) {
    sum += a[transposeA ? p * m + row : row * k + p]! * b[transposeB ? column * k + p : p * n + column]!;
  }
  return sum;
}
