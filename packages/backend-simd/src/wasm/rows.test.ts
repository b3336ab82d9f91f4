import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, createTestMemory, firstMismatch, inPieces, waves } from "../testing/test-memory.ts";
import { reduceCodes } from "./codes.ts";

type ReduceName = keyof typeof reduceCodes;

const width = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 16, 17, 37, 64, 131);
const cutsOf = fc.array(fc.nat(300), { maxLength: 4 });
const rowsOf = fc.constantFrom(0, 1, 2, 5, 13);
const tolerance = { relative: 1e-6, absolute: 1e-6 };

const reductions: Record<ReduceName, (values: readonly number[]) => number> = {
  Sum: (values) => values.reduce((a, b) => a + b, 0),
  Mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  Max: (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  Min: (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
};

const rowsOfMatrix = (x: Float32Array, columns: number): number[][] =>
  Array.from({ length: x.length / columns }, (_, r) => Array.from(x.subarray(r * columns, (r + 1) * columns)));

function softmax(row: readonly number[]): number[] {
  const greatest = Math.max(...row);
  const terms = row.map((x) => Math.exp(x - greatest));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

for (const build of builds) {
  const memory = createTestMemory(build);
  const { kernels } = memory;

  describe(`row kernels, ${build} build`, () => {
    const shapes = fc.record({
      outer: fc.constantFrom(0, 1, 2, 5),
      middle: fc.constantFrom(0, 1, 3, 4, 63, 64, 65, 200),
      inner: fc.constantFrom(1, 2, 3, 4, 7, 16, 33),
    });
    it.each(Object.keys(reduceCodes) as ReduceName[])("reduces the middle axis by %s", (name) => {
      fc.assert(
        fc.property(shapes, cutsOf, ({ outer, middle, inner }, cuts) => {
          const x = waves(outer * middle * inner, 3);
          const px = memory.put(x);
          const run = (pieces: readonly number[]) => {
            const y = memory.floats(outer * inner);
            inPieces(outer * inner, pieces, (start, end) =>
              kernels.reduce(reduceCodes[name], px, y, middle, inner, middle, start, end),
            );
            return memory.readFloats(y, outer * inner);
          };
          const expected = Array.from({ length: outer * inner }, (_, i) =>
            reductions[name](
              Array.from({ length: middle }, (_, m) => x[(Math.floor(i / inner) * middle + m) * inner + (i % inner)]!),
            ),
          );
          const y = run(cuts);
          expect(firstMismatch(y, expected, { relative: 1e-6, absolute: middle * 2e-7 })).toBeUndefined();
          expect(y).toEqual(run([]));
          memory.reset();
        }),
      );
    });

    it("keeps long sums accurate: to 1e-6 along 300,000 columns, to 3e-5 down 150,000 rows", () => {
      const count = 300_000;
      const tenth = Math.fround(0.1);
      const x = memory.put(new Float32Array(count).fill(0.1));
      const y = memory.floats(3);
      kernels.reduce(reduceCodes.Sum, x, y, count, 1, count, 0, 1);
      kernels.reduce(reduceCodes.Sum, x, y + 4, count / 2, 2, count / 2, 0, 2);
      const [row, ...columns] = memory.readFloats(y, 3);
      expect(firstMismatch([row!], [count * tenth], { relative: 1e-6, absolute: 0 })).toBeUndefined();
      const half = (count / 2) * tenth;
      expect(firstMismatch(columns, [half, half], { relative: 3e-5, absolute: 0 })).toBeUndefined();
      memory.reset();
    });

    it("lets NaN through a maximum and a minimum, wherever it stands", () => {
      for (let at = 0; at < 21; at++) {
        const x = memory.put(waves(21, 1).map((value, i) => (i === at ? Number.NaN : value)));
        const y = memory.floats(2);
        kernels.reduce(reduceCodes.Max, x, y, 21, 1, 21, 0, 1);
        kernels.reduce(reduceCodes.Min, x, y + 4, 21, 1, 21, 0, 1);
        expect(Array.from(memory.readFloats(y, 2))).toEqual([Number.NaN, Number.NaN]);
      }
      memory.reset();
    });

    it("finds the first of the greatest", () => {
      fc.assert(
        fc.property(rowsOf, width, cutsOf, (rows, columns, cuts) => {
          const x = waves(rows * columns, 2).map((value) => Math.round(value * 2));
          const [px, y] = [memory.put(x), memory.floats(rows)];
          inPieces(rows, cuts, (start, end) => kernels.argMax(px, y, columns, start, end));
          const expected = rowsOfMatrix(x, columns).map((row) => row.indexOf(Math.max(...row)));
          expect(Array.from(memory.readInts(y, rows))).toEqual(expected);
          memory.reset();
        }),
      );
    });

    it("finds the greatest among NaN as tfjs does, which compares with the first element to begin with", () => {
      const value = fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY, -1, 0, 3, Number.POSITIVE_INFINITY);
      fc.assert(
        fc.property(fc.array(value, { minLength: 1, maxLength: 21 }), (row) => {
          const [x, y] = [memory.put(Float32Array.from(row)), memory.floats(1)];
          kernels.argMax(x, y, row.length, 0, 1);
          let at = 0;
          row.forEach((candidate, j) => {
            if (candidate > row[at]!) at = j;
          });
          expect(memory.readInts(y, 1)[0]).toBe(at);
          memory.reset();
        }),
      );
    });

    it("softmax equals its float64 definition, also of large logits and −∞", () => {
      fc.assert(
        fc.property(rowsOf, width, fc.constantFrom(1, 40, 3000), cutsOf, (rows, columns, scale, cuts) => {
          const x = waves(rows * columns, 4).map((value, i) =>
            i % columns === 1 ? Number.NEGATIVE_INFINITY : value * scale,
          );
          const [px, p] = [memory.put(x), memory.floats(x.length)];
          inPieces(rows, cuts, (start, end) => kernels.softmax(px, p, columns, start, end));
          const expected = rowsOfMatrix(x, columns).flatMap(softmax);
          expect(firstMismatch(memory.readFloats(p, x.length), expected, tolerance)).toBeUndefined();
          memory.reset();
        }),
      );
    });

    it("softmaxGradient is scale·p·(dy − Σ dy·p)", () => {
      fc.assert(
        fc.property(rowsOf, width, cutsOf, (rows, columns, cuts) => {
          const dy = waves(rows * columns, 5);
          const p = Float32Array.from(rowsOfMatrix(waves(rows * columns, 6), columns).flatMap(softmax));
          const [pdy, pp, pdx] = [memory.put(dy), memory.put(p), memory.floats(p.length)];
          inPieces(rows, cuts, (start, end) => kernels.softmaxGradient(pdy, pp, pdx, columns, 0.5, start, end));
          const expected = rowsOfMatrix(p, columns).flatMap((row, r) => {
            const dot = row.reduce((sum, value, j) => sum + value * dy[r * columns + j]!, 0);
            return row.map((value, j) => 0.5 * value * (dy[r * columns + j]! - dot));
          });
          expect(firstMismatch(memory.readFloats(pdx, p.length), expected, tolerance)).toBeUndefined();
          memory.reset();
        }),
      );
    });
  });

  describe(`maskedSoftmax, ${build} build`, () => {
    const shapes = fc.record({
      batch: fc.constantFrom(1, 2, 3),
      heads: fc.constantFrom(1, 2),
      queries: fc.constantFrom(1, 3, 5),
      keys: width,
      maskBatch: fc.boolean(),
      maskHead: fc.boolean(),
      seed: fc.nat(1000),
    });
    it("equals the softmax over the visible keys, exactly 0 elsewhere, whatever hidden scores hold", () => {
      fc.assert(
        fc.property(shapes, cutsOf, ({ batch, heads, queries, keys, maskBatch, maskHead, seed }, cuts) => {
          const plane = queries * keys;
          const maskPlanes = (maskBatch ? batch : 1) * (maskHead ? heads : 1);
          const visible = Uint8Array.from({ length: maskPlanes * plane }, (_, i) =>
            Number(Math.sin(i * i + seed) > 0.2),
          );
          const steps = [maskBatch ? (maskHead ? heads : 1) * plane : 0, maskHead ? plane : 0] as const;
          const shown = (i: number) => {
            const [b, h] = [Math.floor(i / plane / heads), Math.floor(i / plane) % heads];
            return visible[b * steps[0] + h * steps[1] + (i % plane)] === 1;
          };
          const scores = waves(batch * heads * plane, seed).map((value, i) => (shown(i) ? value : Number.NaN));
          const [ps, pv] = [memory.put(scores), memory.put(visible)];
          const y = memory.floats(scores.length);
          inPieces(batch * heads * queries, cuts, (start, end) =>
            kernels.maskedSoftmax(ps, pv, y, heads, queries, keys, ...steps, 0.25, start, end),
          );
          const logits = scores.map((value, i) => (shown(i) ? 0.25 * value : Number.NEGATIVE_INFINITY));
          const expected = rowsOfMatrix(logits, keys).flatMap((row) =>
            row.every((value) => value === Number.NEGATIVE_INFINITY) ? row.map(() => 0) : softmax(row),
          );
          const actual = memory.readFloats(y, scores.length);
          expect(firstMismatch(actual, expected, tolerance)).toBeUndefined();
          expect(actual.every((value, i) => shown(i) || value === 0)).toBe(true);
          memory.reset();
        }),
      );
    });

    it("pitfall 2: a row that sees nothing is exactly 0, neither NaN nor uniform", () => {
      const [scores, visible, y] = [memory.put(waves(5, 1)), memory.put(new Uint8Array(5)), memory.floats(5)];
      kernels.maskedSoftmax(scores, visible, y, 1, 1, 5, 0, 0, 1, 0, 1);
      expect(Array.from(memory.readFloats(y, 5))).toEqual([0, 0, 0, 0, 0]);
      memory.reset();
    });

    it("a NaN that is seen stays NaN, even alone", () => {
      const [scores, visible, y] = [
        memory.put(new Float32Array(5).fill(Number.NaN)),
        memory.put(Uint8Array.of(0, 1, 0, 0, 0)),
        memory.floats(5),
      ];
      kernels.maskedSoftmax(scores, visible, y, 1, 1, 5, 0, 0, 1, 0, 1);
      expect(memory.readFloats(y, 5)[1]).toBeNaN();
      kernels.softmax(scores, y, 5, 0, 1);
      expect(Array.from(memory.readFloats(y, 5))).toEqual(new Array(5).fill(Number.NaN));
      memory.reset();
    });

    it("pitfall 4: a hidden NaN has no influence", () => {
      const scores = memory.put(Float32Array.of(1, Number.NaN, 2, Number.POSITIVE_INFINITY, 0));
      const [visible, y] = [memory.put(Uint8Array.of(1, 0, 1, 0, 0)), memory.floats(5)];
      kernels.maskedSoftmax(scores, visible, y, 1, 1, 5, 0, 0, 1, 0, 1);
      const [first, second] = softmax([1, 2]);
      expect(firstMismatch(memory.readFloats(y, 5), [first!, 0, second!, 0, 0], tolerance)).toBeUndefined();
      memory.reset();
    });
  });
}
