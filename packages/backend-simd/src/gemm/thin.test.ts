import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SimdBackend } from "../backend/simd-backend.ts";
import { type GemmCase, gemmData, gemmMismatch } from "../testing/gemm-cases.ts";
import { runGemm } from "../testing/gemm-run.ts";
import { builds, waves } from "../testing/test-memory.ts";
import { isThin, MOST_THIN_ROWS, rowsOfUnit } from "./thin.ts";

/** Sizes with and without whole vectors, whole groups of 8 rows of B, parts of `k` and blocks of columns. */
const shapes: fc.Arbitrary<GemmCase> = fc
  .record({
    transposeA: fc.constant(false),
    transposeB: fc.boolean(),
    m: fc.integer({ min: 1, max: MOST_THIN_ROWS }),
    size: fc.constantFrom([64, 64], [4096, 1], [1, 4099], [300, 131], [37, 515], [8, 4160], [140, 1031]),
    batch: fc.constant(1),
    pad: fc.nat(3),
    sharesB: fc.constant(false),
    mode: fc.constantFrom("overwrite" as const, "bias" as const),
    seed: fc.nat(1000),
  })
  .map(({ size, ...shape }) => ({ ...shape, k: size[0]!, n: size[1]! }));

/** A and B with elements between their rows, and C without. */
function dataOf(shape: GemmCase) {
  const { m, n, seed } = shape;
  return { ...gemmData(shape), ldc: n, strideC: m * n, before: waves(m * n, seed) };
}

for (const build of builds) {
  const backend = new SimdBackend({ build, gemm: "wasm", threads: 1 });
  const inPieces = new SimdBackend({ build, gemm: "wasm", threads: 1, splitUnits: 3 });

  describe(`products of few rows, ${build} build`, () => {
    it("equal the float64 product within rounding, and touch nothing else", () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const data = dataOf(shape);
          expect(gemmMismatch(shape, runGemm(backend, shape, data).c, data)).toBeUndefined();
        }),
        { numRuns: 25 },
      );
    });

    it("give a row the same bits alone as among others, with an activation, and however the work is cut", () => {
      fc.assert(
        fc.property(
          shapes,
          fc.nat(7),
          fc.constantFrom(undefined, "gelu" as const, "silu" as const),
          (shape, row, activation) => {
            const { n } = shape;
            const data = dataOf(shape);
            const { c, slope } = runGemm(backend, shape, data, { activation, keeps: true });
            expect(runGemm(inPieces, shape, data, { activation, keeps: true })).toEqual({ c, slope });
            const at = row % shape.m;
            const alone = { ...data, a: data.a.subarray(at * data.lda), before: data.before.subarray(0, n) };
            const one = runGemm(backend, { ...shape, m: 1 }, alone, { activation });
            expect(one.c).toEqual(c.slice(at * n, (at + 1) * n));
          },
        ),
        { numRuns: 25 },
      );
    });
  });
}

it("units of a transposed B are groups of 8 rows, at most 64 of them", () => {
  for (const [n, bytes] of [
    [50257, 3072],
    [768, 768],
    [5, 1e6],
    [1, 16384],
  ] as const) {
    const rows = rowsOfUnit(n, bytes);
    expect(rows % 8).toBe(0);
    expect(Math.ceil(n / rows)).toBeLessThanOrEqual(64);
  }
});

const small: GemmCase = {
  transposeA: false,
  transposeB: false,
  m: 8,
  n: 64,
  k: 64,
  batch: 1,
  pad: 0,
  sharesB: false,
  mode: "overwrite",
  seed: 1,
};

it("a product of no rows writes nothing, first of all on a backend too", () => {
  for (const transposeB of [false, true]) {
    const shape = { ...small, transposeB, m: 0 };
    const data = { ...dataOf(shape), before: waves(100, 1) };
    expect(runGemm(new SimdBackend({ gemm: "wasm", threads: 1 }), shape, data).c).toEqual(data.before);
  }
});

it("a product is thin by its shape alone, and where it has enough of B to read", () => {
  const shape = { ...dataOf(small), ...small, accumulate: false, bias: 0, a: 0, b: 0, c: 0 };
  expect(isThin(shape)).toBe(true);
  expect(
    [{ m: 0 }, { m: 9 }, { n: 63, ldc: 63 }, { accumulate: true }, { transposeA: true }, { batch: 2 }].map((other) =>
      isThin({ ...shape, ...other }),
    ),
  ).toEqual([false, false, false, false, false, false]);
});
