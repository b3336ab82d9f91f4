import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, createTestMemory, firstMismatch, inPieces, waves } from "../testing/test-memory.ts";

const shapes = fc.record({
  rows: fc.constantFrom(0, 1, 2, 7, 64, 65, 130),
  columns: fc.constantFrom(1, 2, 3, 4, 5, 16, 31, 64),
  seed: fc.nat(1000),
});
const cutsOf = fc.array(fc.nat(300), { maxLength: 4 });
const epsilon = 1e-5;
/** Rows whose sums are left apart. */
const panel = 5;
const panels = (rows: number) => Math.ceil(rows / panel);

/** Statistics, normalised values and gradients in float64; RMS norm is layer norm around 0 instead of the mean. */
function oracle(x: Float32Array, dy: Float32Array, gain: Float32Array, columns: number, centred: boolean) {
  const rows = x.length / columns;
  const mean = new Float64Array(rows);
  const inverse = new Float64Array(rows);
  const hat = new Float64Array(x.length);
  const dx = new Float64Array(x.length);
  const dGain = new Float64Array(columns);
  const dBias = new Float64Array(columns);
  const average = (f: (j: number) => number) =>
    Array.from({ length: columns }, (_, j) => f(j)).reduce((a, b) => a + b, 0) / columns;
  for (let r = 0; r < rows; r++) {
    const at = r * columns;
    if (centred) mean[r] = average((j) => x[at + j]!);
    inverse[r] = 1 / Math.sqrt(average((j) => (x[at + j]! - mean[r]!) ** 2) + epsilon);
    for (let j = 0; j < columns; j++) hat[at + j] = (x[at + j]! - mean[r]!) * inverse[r]!;
    const meanG = centred ? average((j) => dy[at + j]! * gain[j]!) : 0;
    const meanDot = average((j) => dy[at + j]! * gain[j]! * hat[at + j]!);
    for (let j = 0; j < columns; j++) {
      dx[at + j] = inverse[r]! * (dy[at + j]! * gain[j]! - meanG - hat[at + j]! * meanDot);
      dGain[j]! += dy[at + j]! * hat[at + j]!;
      dBias[j]! += dy[at + j]!;
    }
  }
  return { mean, inverse, hat, dx, dGain, dBias };
}

for (const build of builds) {
  const memory = createTestMemory(build);
  const { kernels } = memory;
  const close = (pointer: number, expected: ArrayLike<number>, absolute = 3e-6): void => {
    const actual = memory.readFloats(pointer, expected.length);
    expect(firstMismatch(actual, expected, { relative: 3e-6, absolute })).toBeUndefined();
  };

  /** Compares the sums over all panels. */
  const closeSums = (
    pointer: number,
    expected: Float64Array,
    { rows, columns, absolute }: { rows: number; columns: number; absolute: number },
  ): void => {
    const sums = memory.readFloats(pointer, panels(rows) * columns);
    const totals = expected.map((_, j) => sums.filter((_, i) => i % columns === j).reduce((a, b) => a + b, 0));
    expect(firstMismatch(totals, expected, { relative: 3e-6, absolute })).toBeUndefined();
  };

  describe(`norms, ${build} build`, () => {
    it("layerNorm, its statistics and its gradients equal float64, however they are cut", () => {
      fc.assert(
        fc.property(shapes, cutsOf, ({ rows, columns, seed }, cuts) => {
          const [x, dy] = [waves(rows * columns, seed).map((v, i) => v + (i % 3)), waves(rows * columns, seed + 1)];
          const [gain, bias] = [waves(columns, seed + 2), waves(columns, seed + 3)];
          const want = oracle(x, dy, gain, columns, true);
          const [px, pdy, pg, pb] = [memory.put(x), memory.put(dy), memory.put(gain), memory.put(bias)];
          const [y, mean, inverse] = [memory.floats(x.length), memory.floats(rows), memory.floats(rows)];
          const [dx, dGain, dBias] = [memory.floats(x.length), memory.floats(x.length), memory.floats(x.length)];
          inPieces(rows, cuts, (start, end) =>
            kernels.norm(px, 0, pg, pb, 0, y, inverse, mean, columns, epsilon, start, end),
          );
          inPieces(panels(rows), cuts, (start, end) =>
            kernels.normGradient(pdy, 0, px, pg, inverse, mean, dx, dGain, dBias, rows, columns, panel, start, end),
          );
          // A single column is its own mean: what is left is rounding, multiplied by 1/√ε.
          const scale = columns === 1 ? 300 : Math.max(1, ...want.inverse);
          close(mean, want.mean);
          close(inverse, want.inverse, 1e-5 * scale);
          close(
            y,
            want.hat.map((value, i) => value * gain[i % columns]! + bias[i % columns]!),
            3e-6 * scale,
          );
          close(dx, want.dx, 3e-5 * scale * scale);
          closeSums(dGain, want.dGain, { rows, columns, absolute: 3e-6 * scale * (rows + 1) });
          closeSums(dBias, want.dBias, { rows, columns, absolute: 3e-7 * (rows + 1) });
          memory.reset();
        }),
      );
    });

    it("rmsNorm, its statistic and its gradients equal float64, however they are cut", () => {
      fc.assert(
        fc.property(shapes, cutsOf, ({ rows, columns, seed }, cuts) => {
          const [x, dy] = [waves(rows * columns, seed).map((v) => v + 0.1), waves(rows * columns, seed + 1)];
          const gain = waves(columns, seed + 2);
          const want = oracle(x, dy, gain, columns, false);
          const [px, pdy, pg] = [memory.put(x), memory.put(dy), memory.put(gain)];
          const [y, inverse] = [memory.floats(x.length), memory.floats(rows)];
          const [dx, dGain] = [memory.floats(x.length), memory.floats(x.length)];
          inPieces(rows, cuts, (start, end) =>
            kernels.norm(px, 0, pg, 0, 0, y, inverse, 0, columns, epsilon, start, end),
          );
          inPieces(panels(rows), cuts, (start, end) =>
            kernels.normGradient(pdy, 0, px, pg, inverse, 0, dx, dGain, 0, rows, columns, panel, start, end),
          );
          const scale = Math.max(1, ...want.inverse);
          close(inverse, want.inverse);
          close(
            y,
            want.hat.map((value, i) => value * gain[i % columns]!),
          );
          close(dx, want.dx, 3e-6 * scale);
          closeSums(dGain, want.dGain, { rows, columns, absolute: 3e-7 * (rows + 1) });
          memory.reset();
        }),
      );
    });

    it("gives the same bits however rows and columns are cut", () => {
      fc.assert(
        fc.property(shapes, cutsOf, ({ rows, columns, seed }, cuts) => {
          const [x, dy, gain] = [
            waves(rows * columns, seed),
            waves(rows * columns, seed + 1),
            waves(columns, seed + 2),
          ];
          const [px, pdy, pg] = [memory.put(x), memory.put(dy), memory.put(gain)];
          const run = (pieces: readonly number[]) => {
            const outputs = Array.from({ length: 5 }, () => memory.floats(x.length));
            const [sum, y, dx, dGain, dBias] = outputs as [number, number, number, number, number];
            const [mean, inverse] = [memory.floats(rows), memory.floats(rows)];
            inPieces(rows, pieces, (start, end) =>
              kernels.norm(px, pdy, pg, pg, sum, y, inverse, mean, columns, epsilon, start, end),
            );
            inPieces(panels(rows), pieces, (start, end) =>
              kernels.normGradient(pdy, px, sum, pg, inverse, mean, dx, dGain, dBias, rows, columns, panel, start, end),
            );
            return outputs.map((p, i) => memory.readFloats(p, i < 3 ? x.length : panels(rows) * columns));
          };
          expect(run(cuts)).toEqual(run([]));
          memory.reset();
        }),
      );
    });
  });
}
