import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, createTestMemory, inPieces, waves } from "../testing/test-memory.ts";

const cutsOf = fc.array(fc.nat(300), { maxLength: 4 });
const size = fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 9, 17);
const axes = [0, 1, 2, 3] as const;
const orders = fc.shuffledSubarray([...axes], { minLength: 4 });

/** Row-major steps of a shape. */
function stepsOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

for (const build of builds) {
  const memory = createTestMemory(build);
  const { kernels } = memory;

  describe(`turnHeads, ${build} build`, () => {
    it("turns pairs of channels as the formula does, bit for bit, and copies the others", () => {
      const sizes = fc.record({
        rows: fc.integer({ min: 1, max: 3 }),
        heads: fc.integer({ min: 1, max: 3 }),
        pairs: fc.integer({ min: 1, max: 9 }),
        more: fc.nat(3),
        interleaved: fc.boolean(),
      });
      fc.assert(
        fc.property(sizes, cutsOf, ({ rows, heads, pairs, more, interleaved }, cuts) => {
          const [turning, width] = [2 * pairs, 2 * pairs + more];
          const [x, cosine, sine] = [
            waves(rows * heads * width, 1),
            waves(rows * turning, 2),
            waves(rows * turning, 3),
          ];
          const [px, pc, ps] = [memory.put(x), memory.put(cosine), memory.put(sine)];
          const y = memory.floats(x.length);
          inPieces(rows, cuts, (start, end) => {
            kernels.turnHeads(px, heads, width, turning, interleaved ? 1 : 0, pc, ps, y, start, end);
          });
          const expected = x.map((own, at) => {
            const [row, channel] = [Math.floor(at / (heads * width)), at % width];
            if (channel >= turning) return own;
            const pair = interleaved ? channel ^ 1 : (channel + pairs) % turning;
            const other = x[at - channel + pair]!;
            const angle = row * turning + channel;
            return Math.fround(own * cosine[angle]!) + Math.fround(other * sine[angle]!);
          });
          expect(memory.readFloats(y, x.length)).toEqual(expected);
          memory.reset();
        }),
        { numRuns: 50 },
      );
    });
  });

  describe(`copyStrided, ${build} build`, () => {
    const shapes: fc.Arbitrary<readonly number[]> = fc.tuple(
      fc.constantFrom(1, 2, 3),
      fc.constantFrom(1, 2, 3),
      size,
      size,
    );
    it("transposes by every permutation of four axes, in 4-byte and 1-byte elements", () => {
      fc.assert(
        fc.property(shapes, orders, cutsOf, (shape, order, cuts) => {
          const steps = stepsOf(shape);
          const to = order.map((axis) => shape[axis]!) as [number, number, number, number];
          const from = order.map((axis) => steps[axis]!) as [number, number, number, number];
          const out = stepsOf(to) as [number, number, number, number];
          const count = shape.reduce((a, b) => a * b, 1);
          const x = waves(count, 1);
          const bytes = Uint8Array.from({ length: count }, (_, i) => i % 251);
          const [px, py, pb, pc] = [memory.put(x), memory.floats(count), memory.put(bytes), memory.floats(count)];
          inPieces(to[0] * to[1] * to[2], cuts, (start, end) => {
            kernels.copyStrided(4, px, ...from, py, ...out, to[1], to[2], to[3], start, end);
            kernels.copyStrided(1, pb, ...from, pc, ...out, to[1], to[2], to[3], start, end);
          });
          const source = Array.from({ length: count }, (_, i) =>
            out.reduce((at, step, axis) => at + (Math.floor(i / step) % to[axis]!) * from[axis]!, 0),
          );
          expect(memory.readFloats(py, count)).toEqual(Float32Array.from(source, (at) => x[at]!));
          expect(memory.readBytes(pc, count)).toEqual(Uint8Array.from(source, (at) => bytes[at]!));
          memory.reset();
        }),
        { numRuns: 300 },
      );
    });

    it("slices, broadcasts, reverses and writes into part of a larger tensor", () => {
      const x = memory.put(Float32Array.from({ length: 12 }, (_, i) => i));
      const y = memory.put(new Float32Array(20).fill(-1));
      kernels.copyStrided(4, x + 4 * 5, 0, 0, 4, 1, y + 4 * 6, 0, 0, 5, 1, 1, 2, 3, 0, 2);
      const slice = [-1, -1, -1, -1, -1, -1, 5, 6, 7, -1, -1, 9, 10, 11, -1, -1, -1, -1, -1, -1];
      expect(Array.from(memory.readFloats(y, 20))).toEqual(slice);
      kernels.copyStrided(4, x, 0, 0, 0, 1, y, 0, 0, 4, 1, 1, 3, 4, 0, 3);
      expect(Array.from(memory.readFloats(y, 12))).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
      kernels.copyStrided(4, x + 4 * 11, 0, 0, -4, -1, y, 0, 0, 4, 1, 1, 3, 4, 0, 3);
      expect(Array.from(memory.readFloats(y, 12))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      memory.reset();
    });
  });

  describe(`gatherRows and segmentSum, ${build} build`, () => {
    const columns = fc.constantFrom(1, 2, 3, 4, 5, 16, 33);
    const indices = fc.array(fc.nat(6), { maxLength: 40 });
    it("copies the rows that the indices name", () => {
      fc.assert(
        fc.property(columns, indices, cutsOf, (width, rows, cuts) => {
          const table = waves(7 * width, 1);
          const [pt, pi, py] = [
            memory.put(table),
            memory.put(Int32Array.from(rows)),
            memory.floats(rows.length * width),
          ];
          inPieces(rows.length, cuts, (start, end) => {
            expect(kernels.gatherRows(pt, pi, py, 7, width, start, end)).toBe(-1);
          });
          const expected = rows.flatMap((row) => Array.from(table.subarray(row * width, (row + 1) * width)));
          expect(Array.from(memory.readFloats(py, rows.length * width))).toEqual(expected);
          memory.reset();
        }),
      );
    });

    it("reports the first index outside the table and reads nothing there", () => {
      const [table, indices] = [memory.put(waves(6, 1)), memory.put(Int32Array.of(0, 2, 3, -1, 1))];
      const y = memory.floats(10);
      expect(kernels.gatherRows(table, indices, y, 3, 2, 0, 5)).toBe(2);
      expect(kernels.gatherRows(table, indices, y, 3, 2, 3, 5)).toBe(3);
      expect(Array.from(memory.readFloats(y, 10).subarray(4, 8))).toEqual(new Array(4).fill(Number.NaN));
      memory.reset();
    });

    it("adds up the rows of each segment in order, empty segments and strangers included", () => {
      const segments = fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 60 });
      fc.assert(
        fc.property(columns, segments, cutsOf, (width, ids, cuts) => {
          const x = waves(ids.length * width, 2);
          const [px, pi, py] = [memory.put(x), memory.put(Int32Array.from(ids)), memory.floats(8 * width)];
          inPieces(8, cuts, (start, end) => kernels.segmentSum(px, pi, py, ids.length, width, start, end));
          const expected = new Float32Array(8 * width);
          ids.forEach((id, r) => {
            for (let j = 0; id >= 0 && id < 8 && j < width; j++) expected[id * width + j]! += x[r * width + j]!;
          });
          expect(memory.readFloats(py, 8 * width)).toEqual(expected);
          memory.reset();
        }),
      );
    });
  });
}
