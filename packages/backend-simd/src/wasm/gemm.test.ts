import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GemmCase, gemmCases, gemmData, gemmMismatch } from "../testing/gemm-cases.ts";
import { rawProduct } from "../testing/raw-product.ts";
import { builds, createTestMemory, inPieces } from "../testing/test-memory.ts";
import { createWasmKernels } from "./create-wasm-kernels.ts";

for (const build of builds) {
  const memory = createTestMemory(build);
  const run = (shape: GemmCase, cuts: readonly number[] = []): Float32Array => {
    const { lda, ldb, ldc, strideA, strideB, strideC, a, b, before, bias } = gemmData(shape);
    const [pa, pb, pc, pBias] = [memory.put(a), memory.put(b), memory.put(before), memory.put(bias)];
    const { transposeA, transposeB, m, n, k, batch, mode } = shape;
    const sizes = { transposeA, transposeB, m, n, k, batch, lda, strideA, ldb, strideB, ldc, strideC };
    const places = { a: pa, b: pb, c: pc, bias: mode === "bias" ? pBias : 0 };
    const problem = memory.put(rawProduct({ ...sizes, ...places, accumulate: mode === "accumulate" }));
    inPieces(shape.m * shape.batch, cuts, (start, end) => {
      memory.kernels.product(problem, memory.scratch, start, end);
    });
    const result = memory.readFloats(pc, before.length);
    memory.reset();
    return result;
  };

  describe(`gemm, ${build} build`, () => {
    it("equals the float64 product within rounding, and touches nothing between the rows of C", () => {
      fc.assert(
        fc.property(gemmCases, (shape) => {
          expect(gemmMismatch(shape, run(shape))).toBeUndefined();
        }),
        { numRuns: 80 },
      );
    });

    it("gives the same bits however the rows are cut", () => {
      fc.assert(
        fc.property(gemmCases, fc.array(fc.nat(400), { maxLength: 4 }), (shape, cuts) => {
          expect(run(shape, cuts)).toEqual(run(shape));
        }),
        { numRuns: 80 },
      );
    });

    it("gives few rows the same bits as among others, for every width of the tiles that compute them", () => {
      // 59 columns are 32 + 16 + 8 + 3, and 300 steps one block and a part of one that is no multiple of 8.
      const few = fc.record({
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
        n: fc.constantFrom(59, 3, 16, 32),
        m: fc.constant(29),
        k: fc.constantFrom(301, 256, 7, 0),
        batch: fc.constantFrom(1, 2),
        pad: fc.nat(3),
        sharesB: fc.boolean(),
        mode: fc.constantFrom("overwrite" as const, "accumulate" as const, "bias" as const),
        seed: fc.nat(1000),
      });
      fc.assert(
        fc.property(few, fc.integer({ min: 1, max: 5 }), fc.nat(24), (shape, rows, first) => {
          expect(run(shape, [first, first + rows])).toEqual(run(shape));
        }),
        { numRuns: 60 },
      );
    });

    it("gives a row the same bits alone as among others, and from a transposed copy", () => {
      const shape: GemmCase = {
        transposeA: false,
        transposeB: false,
        m: 29,
        n: 43,
        k: 300,
        batch: 1,
        pad: 0,
        sharesB: false,
        mode: "overwrite",
        seed: 5,
      };
      const all = run(shape);
      expect(run({ ...shape, m: 1 })).toEqual(all.slice(0, 43));
      const { a, b } = gemmData(shape);
      const flip = (x: Float32Array, rows: number, columns: number) =>
        x.map((_, at) => x[(at % rows) * columns + Math.floor(at / rows)]!);
      const [pa, pb, pc] = [memory.put(flip(a, 29, 300)), memory.put(flip(b, 300, 43)), memory.floats(29 * 43)];
      const flipped = { transposeA: true, transposeB: true, m: 29, n: 43, k: 300, lda: 29, ldb: 300, ldc: 43 };
      const problem = memory.put(rawProduct({ ...flipped, a: pa, b: pb, c: pc }));
      memory.kernels.product(problem, memory.scratch, 0, 29);
      expect(memory.readFloats(pc, 29 * 43)).toEqual(all);
      memory.reset();
    });

    it("reads A and B, transposed or not, up to the last byte of the memory and not beyond", () => {
      const edge = new WebAssembly.Memory({ initial: 96, maximum: 96, shared: true });
      const { kernels } = createWasmKernels(edge, build);
      const end = edge.buffer.byteLength;
      const multiply = (request: Parameters<typeof rawProduct>[0]): void => {
        const words = rawProduct(request);
        new Int32Array(edge.buffer, 65_536, words.length).set(words);
        kernels.product(65_536, 66_560, 0, request.m);
      };
      for (const [m, n] of [
        [5, 8],
        [8, 5],
        [7, 16],
        [1, 1],
        [1, 51],
        [3, 51],
      ] as const) {
        const k = 9;
        new Float32Array(edge.buffer, end - 4 * m * k, m * k).fill(2);
        const c = end / 2;
        multiply({ transposeA: true, m, n, k, a: end - 4 * m * k, lda: m, b: c + 65_536, ldb: n, c, ldc: n });
        new Float32Array(edge.buffer, end - 4 * n * k, n * k).fill(2);
        const right = { m, n, k, a: c + 65_536, lda: k, b: end - 4 * n * k, c, ldc: n };
        multiply({ ...right, ldb: n });
        multiply({ ...right, transposeB: true, ldb: k });
        expect(new Float32Array(edge.buffer, c, m * n).every((x) => x === 0)).toBe(true);
      }
    });
  });
}
