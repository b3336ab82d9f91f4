import type { Product } from "../product.ts";

const [m, n, k] = [3, 5, 7];
const [A, B, C] = [0, 1024, 2048];

/** Multiplies small matrices of whole numbers in all transposes: undefined if they come out right, else the reason. */
export function productMismatch(
  product: Product,
  { buffer }: WebAssembly.Memory,
  { base, bf16 }: { readonly base: number; readonly bf16: boolean },
): string | undefined {
  const a = Float32Array.from({ length: m * k }, (_, index) => (index % 4) - 1);
  const b = Float32Array.from({ length: k * n }, (_, index) => (index % 6) - 2);
  put(buffer, A, a, bf16);
  put(buffer, B, b, bf16);
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const c = new Float32Array(buffer, C, m * n).fill(Number.NaN);
      const [lda, ldb] = [transposeA ? m : k, transposeB ? k : n];
      product(transposeA, transposeB, m, n, k, base + A, lda, base + B, ldb, base + C, n, false);
      const wrong = c.findIndex((got, at) => got !== expected(a, b, [transposeA, transposeB], at));
      if (wrong >= 0) return `a small product came out wrong: ${c[wrong]} at ${wrong}`;
    }
  }
  return undefined;
}

// Of numbers this small the upper half of a float32 is the bfloat16, exactly.
function put(buffer: ArrayBufferLike, offset: number, values: Float32Array, bf16: boolean): void {
  if (bf16)
    new Uint16Array(buffer, offset, values.length).set(new Uint32Array(values.buffer).map((bits) => bits >>> 16));
  else new Float32Array(buffer, offset, values.length).set(values);
}

function expected(a: Float32Array, b: Float32Array, [transposeA, transposeB]: [boolean, boolean], at: number): number {
  const [row, column] = [Math.floor(at / n), at % n];
  let sum = 0;
  for (let p = 0; p < k; p++) {
    sum += a[transposeA ? p * m + row : row * k + p]! * b[transposeB ? column * k + p : p * n + column]!;
  }
  return sum;
}
