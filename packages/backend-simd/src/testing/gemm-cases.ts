import fc from "fast-check";
import { waves } from "./test-memory.ts";

/** A matrix product to draw at random. */
export interface GemmCase {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  /** Elements left unused after each row and each matrix. */
  readonly pad: number;
  readonly sharesA?: boolean;
  readonly sharesB: boolean;
  readonly mode: "overwrite" | "accumulate" | "bias";
  readonly seed: number;
}

const size = fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 12, 13, 16, 17, 31, 64);
const depth = fc.oneof(size, fc.constantFrom(255, 256, 257, 300));
/** The oracle takes a second for 10⁸ products: where all is large, `k` is not, which has its edges elsewhere. */
const bounded = (shape: GemmCase): GemmCase =>
  shape.m * shape.n * shape.k * shape.batch > 1e6 ? { ...shape, k: Math.min(shape.k, 17), batch: 1 } : shape;

export const gemmCases: fc.Arbitrary<GemmCase> = fc
  .record({
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    m: fc.oneof(size, fc.constant(101)),
    n: fc.oneof(size, fc.constantFrom(33, 40, 520)),
    k: depth,
    batch: fc.integer({ min: 1, max: 3 }),
    pad: fc.integer({ min: 0, max: 3 }),
    sharesB: fc.boolean(),
    mode: fc.constantFrom("overwrite" as const, "accumulate" as const, "bias" as const),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(bounded);

export type GemmData = ReturnType<typeof gemmData>;

/** How the matrices lie, and what they hold. */
export function gemmData({ transposeA, transposeB, m, n, k, batch, pad, sharesA, sharesB, seed }: GemmCase) {
  const lda = (transposeA ? m : k) + pad;
  const ldb = (transposeB ? k : n) + pad;
  const ldc = n + pad;
  const [sizeA, sizeB] = [lda * (transposeA ? k : m), ldb * (transposeB ? n : k)];
  const strideA = sharesA ? 0 : sizeA + pad;
  const strideB = sharesB ? 0 : sizeB + pad;
  const strideC = ldc * m + pad;
  const a = waves(strideA * (batch - 1) + sizeA, seed);
  const b = waves(strideB * (batch - 1) + sizeB, seed + 0.5);
  const before = waves(strideC * batch, seed + 0.25);
  return { lda, ldb, ldc, strideA, strideB, strideC, a, b, before, bias: waves(n, seed + 0.75) };
}

/** The definition in float64, with the magnitude that rounding errors are measured against. */
function gemmOracle(shape: GemmCase, data: GemmData, i: number, row: number, column: number) {
  let sum = 0;
  let magnitude = 1e-3;
  for (let p = 0; p < shape.k; p++) {
    const x = data.a[i * data.strideA + (shape.transposeA ? p * data.lda + row : row * data.lda + p)]!;
    const y = data.b[i * data.strideB + (shape.transposeB ? column * data.ldb + p : p * data.ldb + column)]!;
    sum += x * y;
    magnitude += Math.abs(x * y);
  }
  const old = data.before[i * data.strideC + row * data.ldc + column]!;
  const added = shape.mode === "accumulate" ? old : shape.mode === "bias" ? data.bias[column]! : 0;
  return { value: sum + added, magnitude: magnitude + Math.abs(added) };
}

/** A and B rounded to bfloat16, ties to even. */
export const roundedData = (data: GemmData): GemmData => ({ ...data, a: data.a.map(toBf16), b: data.b.map(toBf16) });

/** The bfloat16 nearest to a float32, ties to even: by arithmetic, not by bits. */
export function toBf16(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 7);
  const [below, above] = [Math.floor(x / step), Math.ceil(x / step)];
  const distance = x / step - below - 0.5;
  const nearest = distance === 0 ? (below % 2 === 0 ? below : above) : distance < 0 ? below : above;
  return Math.fround(nearest * step);
}

/** What is wrong with a product, C's unused elements included; undefined if nothing is. */
export function gemmMismatch(shape: GemmCase, c: Float32Array, data = gemmData(shape)): string | undefined {
  const untouched = data.before.slice();
  for (let i = 0; i < shape.batch; i++) {
    for (let row = 0; row < shape.m; row++) {
      for (let column = 0; column < shape.n; column++) {
        const at = i * data.strideC + row * data.ldc + column;
        const { value, magnitude } = gemmOracle(shape, data, i, row, column);
        if (!(Math.abs(c[at]! - value) <= 2e-6 * magnitude)) {
          return `C[${i}][${row}, ${column}] is ${c[at]}, expected ${value}`;
        }
        untouched[at] = c[at]!;
      }
    }
  }
  const at = c.findIndex((got, index) => !Object.is(got, untouched[index]));
  return at < 0 ? undefined : `element ${at} lies outside C and was written to`;
}
