import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, createTestMemory, inPieces } from "../testing/test-memory.ts";
import { binaryCodes, castCodes, compareCodes, logicalCodes } from "./codes.ts";

type BinaryName = keyof typeof binaryCodes;
type CompareName = keyof typeof compareCodes;
type LogicalName = keyof typeof logicalCodes;

const binaryOracles: Record<BinaryName, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
  SquaredDifference: (a, b) => Math.fround(a - b) ** 2,
};
const compareOracles: Record<CompareName, (a: number, b: number) => boolean> = {
  Equal: (a, b) => a === b,
  NotEqual: (a, b) => a !== b,
  Less: (a, b) => a < b,
  LessEqual: (a, b) => a <= b,
  Greater: (a, b) => a > b,
  GreaterEqual: (a, b) => a >= b,
};
const logicalOracles: Record<LogicalName, (a: number, b: number) => number> = {
  LogicalAnd: (a, b) => a & b,
  LogicalOr: (a, b) => a | b,
};

/** Steps in elements between rows and between columns, for each way to broadcast over `[rows, columns]`. */
const steps = {
  whole: (columns: number) => [columns, 1],
  row: () => [0, 1],
  column: () => [1, 0],
  scalar: () => [0, 0],
} as const;
const shapes = fc.record({
  rows: fc.constantFrom(0, 1, 2, 3, 7),
  columns: fc.constantFrom(1, 2, 3, 4, 5, 8, 17, 37),
  a: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
  b: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
});
const value = fc.oneof(fc.float(), fc.constantFrom(0, 1, -1, 2));
const cutsOf = fc.array(fc.nat(300), { maxLength: 4 });
const lengthOf = fc.constantFrom(0, 1, 3, 4, 5, 16, 31, 64);

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** Fills operands of 7×37 elements and calls back with every element of the result, row by row. */
function expected<T>(shape: Shape, a: ArrayLike<number>, b: ArrayLike<number>, f: (a: number, b: number) => T): T[] {
  const [aRow, aColumn] = steps[shape.a](shape.columns);
  const [bRow, bColumn] = steps[shape.b](shape.columns);
  return Array.from({ length: shape.rows * shape.columns }, (_, i) => {
    const [row, column] = [Math.floor(i / shape.columns), i % shape.columns];
    return f(a[row * aRow! + column * aColumn!]!, b[row * bRow! + column * bColumn!]!);
  });
}

const operand = fc.array(value, { minLength: 259, maxLength: 259 }).map((values) => Float32Array.from(values));
const bools = fc.array(fc.nat(1), { minLength: 259, maxLength: 259 }).map((values) => Uint8Array.from(values));

for (const build of builds) {
  const memory = createTestMemory(build);
  const { kernels } = memory;
  const broadcast = (
    kernel: "binary" | "compare" | "logical",
    code: number,
    shape: Shape,
    operands: readonly [Float32Array, Float32Array] | readonly [Uint8Array, Uint8Array],
    cuts: readonly number[],
  ): number => {
    const [a, b, y] = [memory.put(operands[0]), memory.put(operands[1]), memory.floats(shape.rows * shape.columns)];
    const [aRow, aColumn] = steps[shape.a](shape.columns);
    const [bRow, bColumn] = steps[shape.b](shape.columns);
    inPieces(shape.rows * shape.columns, cuts, (start, end) =>
      kernels[kernel](code, a, aRow!, aColumn!, b, bRow!, bColumn!, y, shape.columns, start, end),
    );
    return y;
  };

  describe(`elementwise kernels, ${build} build`, () => {
    it.each(Object.keys(binaryCodes) as BinaryName[])("%s equals float32 arithmetic over every broadcast", (name) => {
      fc.assert(
        fc.property(shapes, operand, operand, cutsOf, (shape, a, b, cuts) => {
          const y = broadcast("binary", binaryCodes[name], shape, [a, b], cuts);
          const actual = Array.from(memory.readFloats(y, shape.rows * shape.columns));
          expect(actual).toEqual(expected(shape, a, b, (p, q) => Math.fround(binaryOracles[name](p, q))));
          memory.reset();
        }),
        { numRuns: 60 },
      );
    });

    it.each(Object.keys(compareCodes) as CompareName[])("%s equals JavaScript's comparison", (name) => {
      fc.assert(
        fc.property(shapes, operand, operand, cutsOf, (shape, a, b, cuts) => {
          const y = broadcast("compare", compareCodes[name], shape, [a, b], cuts);
          const actual = Array.from(memory.readBytes(y, shape.rows * shape.columns));
          expect(actual).toEqual(expected(shape, a, b, (p, q) => Number(compareOracles[name](p, q))));
          memory.reset();
        }),
        { numRuns: 60 },
      );
    });

    it.each(Object.keys(logicalCodes) as LogicalName[])("%s equals the bitwise operation", (name) => {
      fc.assert(
        fc.property(shapes, bools, bools, cutsOf, (shape, a, b, cuts) => {
          const y = broadcast("logical", logicalCodes[name], shape, [a, b], cuts);
          const actual = Array.from(memory.readBytes(y, shape.rows * shape.columns));
          expect(actual).toEqual(expected(shape, a, b, logicalOracles[name]));
          memory.reset();
        }),
        { numRuns: 60 },
      );
    });

    it("negates bools", () => {
      const [x, y] = [memory.put(Uint8Array.of(0, 1, 1, 0, 1)), memory.floats(2)];
      inPieces(5, [2], (start, end) => kernels.logicalNot(x, y, start, end));
      expect(Array.from(memory.readBytes(y, 5))).toEqual([1, 0, 0, 1, 0]);
      memory.reset();
    });

    it("selects element by element or from a scalar", () => {
      fc.assert(
        fc.property(bools, operand, operand, lengthOf, fc.nat(1), fc.nat(1), cutsOf, (c, a, b, length, p, q, cuts) => {
          const [pc, pa, pb, y] = [memory.put(c), memory.put(a), memory.put(b), memory.floats(length)];
          inPieces(length, cuts, (start, end) => kernels.select(pc, pa, p, pb, q, y, start, end));
          const chosen = Array.from({ length }, (_, i) => (c[i] ? a[i * p] : b[i * q]));
          expect(Array.from(memory.readFloats(y, length))).toEqual(chosen);
          memory.reset();
        }),
      );
    });

    it("casts between float32, int32 and bool", () => {
      const floats = Float32Array.of(0, -0, 1.9, -1.9, Number.NaN, 2147483520, -7, 0.25, 5);
      const ints = Int32Array.of(0, 1, -1, 16777217, -2147483648, 2147483647, 7, 0, 3);
      const bytes = Uint8Array.of(0, 1, 1, 0, 1, 0, 1, 1, 0);
      const run = (name: keyof typeof castCodes, x: Float32Array | Int32Array | Uint8Array) => {
        const [px, py] = [memory.put(x), memory.floats(9)];
        inPieces(9, [2, 5], (start, end) => kernels.cast(castCodes[name], px, py, start, end));
        return py;
      };
      expect(memory.readInts(run("float32-int32", floats), 9)).toEqual(Int32Array.from(floats));
      expect(memory.readFloats(run("int32-float32", ints), 9)).toEqual(Float32Array.from(ints));
      expect(memory.readFloats(run("bool-float32", bytes), 9)).toEqual(Float32Array.from(bytes));
      expect(memory.readInts(run("bool-int32", bytes), 9)).toEqual(Int32Array.from(bytes));
      expect(Array.from(memory.readBytes(run("float32-bool", floats), 9))).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1]);
      expect(Array.from(memory.readBytes(run("int32-bool", ints), 9))).toEqual([0, 1, 1, 1, 1, 1, 1, 0, 1]);
      memory.reset();
    });

    it("fills, and writes one-hot rows of which an index outside has none", () => {
      const y = memory.floats(11);
      inPieces(11, [3, 4], (start, end) => kernels.fill(y, 1.5, start, end));
      expect(memory.readFloats(y, 11)).toEqual(new Float32Array(11).fill(1.5));
      const indices = memory.put(Int32Array.of(2, 0, -1, 5));
      const rows = memory.floats(20);
      inPieces(4, [1], (start, end) => kernels.oneHot(indices, rows, 5, 3, -1, start, end));
      const hot = Float32Array.from({ length: 20 }, (_, i) => (i === 2 || i === 5 ? 3 : -1));
      expect(memory.readFloats(rows, 20)).toEqual(hot);
      memory.reset();
    });
  });
}
