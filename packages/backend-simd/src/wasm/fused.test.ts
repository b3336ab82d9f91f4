import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, createTestMemory, firstMismatch, inPieces, waves } from "../testing/test-memory.ts";

const cutsOf = fc.array(fc.nat(300), { maxLength: 4 });
const tolerance = { relative: 2e-6, absolute: 2e-6 };

/** `dropoutHash` of `@trivium/tensor`, repeated: the kernel must equal it bit for bit. */
function hash(seed: number, index: number): number {
  return mix(mix(Math.imul(index, 0x9e3779b1)) ^ mix((seed + 0x9e3779b1) | 0)) >>> 0;
}

function mix(bits: number): number {
  let word = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return word ^ (word >>> 15);
}

for (const build of builds) {
  const memory = createTestMemory(build);
  const { kernels } = memory;

  describe(`softmaxCrossEntropy, ${build} build`, () => {
    const shapes = fc.record({
      rows: fc.constantFrom(0, 1, 2, 5, 13),
      columns: fc.constantFrom(1, 2, 3, 4, 7, 16, 64, 65),
      smoothing: fc.constantFrom(0, 0.1),
      zLoss: fc.constantFrom(0, 1e-2),
      seed: fc.nat(1000),
    });
    it("equals the definition, and its gradient the derivative, with rows of weight 0 exactly 0", () => {
      fc.assert(
        fc.property(shapes, cutsOf, ({ rows, columns, smoothing, zLoss, seed }, cuts) => {
          const weights = waves(rows, seed + 1).map((value) => (value < -0.5 ? 0 : Math.abs(value)));
          const logits = waves(rows * columns, seed).map((value, i) =>
            weights[Math.floor(i / columns)] === 0 ? Number.NaN : 5 * value,
          );
          const targets = Int32Array.from({ length: rows }, (_, r) =>
            weights[r] === 0 ? -100 : (r * 7 + seed) % columns,
          );
          const dLosses = waves(rows, seed + 2);
          const [px, pt, pw, pd] = [memory.put(logits), memory.put(targets), memory.put(weights), memory.put(dLosses)];
          const [losses, lse, dx] = [memory.floats(rows), memory.floats(rows), memory.floats(logits.length)];
          inPieces(rows, cuts, (start, end) =>
            kernels.softmaxCrossEntropy(px, pt, pw, losses, lse, columns, smoothing, zLoss, start, end),
          );
          inPieces(rows, cuts, (start, end) =>
            kernels.softmaxCrossEntropyGradient(
              pd,
              px,
              pt,
              pw,
              lse,
              dx,
              0,
              columns,
              columns,
              smoothing,
              zLoss,
              start,
              end,
            ),
          );
          const want = { losses: [] as number[], lse: [] as number[], dx: [] as number[] };
          for (let r = 0; r < rows; r++) {
            const row = Array.from(logits.subarray(r * columns, (r + 1) * columns));
            const [w, t] = [weights[r]!, targets[r]!];
            const total = w === 0 ? 0 : Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
            const mean = row.reduce((sum, value) => sum + value, 0) / columns;
            const smooth = (1 - smoothing) * (total - row[t]!) + smoothing * (total - mean);
            want.lse.push(total);
            want.losses.push(w === 0 ? 0 : w * (smooth + zLoss * total * total));
            row.forEach((value, j) => {
              const p = Math.exp(value - total) * (1 + 2 * zLoss * total);
              const gradient = p - (j === t ? 1 - smoothing : 0) - smoothing / columns;
              want.dx.push(w === 0 ? 0 : w * dLosses[r]! * gradient);
            });
          }
          const slack = { relative: 2e-6, absolute: 1e-5 };
          expect(firstMismatch(memory.readFloats(losses, rows), want.losses, slack)).toBeUndefined();
          expect(firstMismatch(memory.readFloats(lse, rows), want.lse, slack)).toBeUndefined();
          const gradient = memory.readFloats(dx, logits.length);
          expect(firstMismatch(gradient, want.dx, slack)).toBeUndefined();
          expect(gradient.every((value, i) => weights[Math.floor(i / columns)] !== 0 || value === 0)).toBe(true);
          memory.reset();
        }),
      );
    });
  });

  describe(`cross-entropy in chunks, ${build} build`, () => {
    const chunks = fc.array(fc.constantFrom(1, 2, 4, 7, 16, 65), { minLength: 1, maxLength: 4 });
    const options = fc.constantFrom([0, 0], [0.1, 1e-2]);
    it("equals that of the whole rows, and its gradient too, however the vocabulary is cut", () => {
      fc.assert(
        fc.property(chunks, options, fc.nat(1000), cutsOf, (sizes, [smoothing, zLoss], seed, cuts) => {
          const rows = 5;
          const columns = sizes.reduce<number>((sum, size) => sum + size, 0);
          const logits = waves(rows * columns, seed).map((value) => 9 * value);
          const [px, pt] = [
            memory.put(logits),
            memory.put(Int32Array.from({ length: rows }, (_, r) => (r * 7 + seed) % columns)),
          ];
          const [pw, pd] = [memory.put(Float32Array.of(1, 0, 0.5, 2, 1)), memory.put(waves(rows, seed + 2))];
          const [losses, lse, dx] = [memory.floats(rows), memory.floats(rows), memory.floats(rows * columns)];
          const [known, ofChunks, lseOfChunks] = [memory.floats(4 * rows), memory.floats(rows), memory.floats(rows)];
          kernels.softmaxCrossEntropy(px, pt, pw, losses, lse, columns, smoothing!, zLoss!, 0, rows);
          kernels.softmaxCrossEntropyGradient(
            pd,
            px,
            pt,
            pw,
            lse,
            dx,
            0,
            columns,
            columns,
            smoothing!,
            zLoss!,
            0,
            rows,
          );
          const wanted = memory.readFloats(dx, rows * columns);
          let first = 0;
          const parts = sizes.map((size) => {
            const part = Float32Array.from({ length: rows * size }, (_, i) => {
              return logits[Math.floor(i / size) * columns + first + (i % size)]!;
            });
            const at = { first, size, address: memory.put(part) };
            inPieces(rows, cuts, (start, end) =>
              kernels.crossEntropyChunk(at.address, pt, pw, known, at.first, size, smoothing!, start, end),
            );
            first += size;
            return at;
          });
          inPieces(rows, cuts, (start, end) =>
            kernels.crossEntropyOfChunks(known, pw, ofChunks, lseOfChunks, columns, smoothing!, zLoss!, start, end),
          );
          const slack = { relative: 2e-6, absolute: 1e-5 };
          const read = (address: number) => memory.readFloats(address, rows);
          expect(firstMismatch(read(ofChunks), read(losses), slack)).toBeUndefined();
          expect(firstMismatch(read(lseOfChunks), read(lse), slack)).toBeUndefined();
          for (const { first: from, size, address } of parts) {
            inPieces(rows, cuts, (start, end) =>
              kernels.softmaxCrossEntropyGradient(
                ...([pd, address, pt, pw, lse, address, from, size, columns, smoothing!, zLoss!, start, end] as const),
              ),
            );
            const got = memory.readFloats(address, rows * size);
            const want = got.map((_, i) => wanted[Math.floor(i / size) * columns + from + (i % size)]!);
            expect(got).toEqual(want);
          }
          memory.reset();
        }),
      );
    });
  });

  describe(`targets outside the vocabulary, ${build} build`, () => {
    it("names the first bad row of weight and touches nothing outside its rows", () => {
      const [rows, columns] = [4, 3];
      for (const bad of [-1, columns, -100, 20, -3328, 2 ** 31 - 1, -(2 ** 31)]) {
        const pt = memory.put(Int32Array.of(bad, 2, bad, bad));
        const [px, pw] = [memory.put(waves(rows * columns, 1)), memory.put(Float32Array.of(0, 1, 1, 1))];
        const [losses, lse, dx] = [memory.floats(rows), memory.floats(rows), memory.floats(rows * columns)];
        expect(kernels.softmaxCrossEntropy(px, pt, pw, losses, lse, columns, 0, 0, 0, rows)).toBe(2);
        expect(kernels.softmaxCrossEntropy(px, pt, pw, losses, lse, columns, 0, 0, 0, 2)).toBe(-1);
        expect(kernels.softmaxCrossEntropyGradient(pw, px, pt, pw, lse, dx, 0, columns, columns, 0, 0, 0, rows)).toBe(
          2,
        );
        const written = Array.from(memory.readFloats(dx, rows * columns), Number.isFinite);
        expect(written).toEqual([true, true, true, true, true, true, false, false, false, false, false, false]);
        memory.reset();
      }
    });
  });

  describe(`dropout, ${build} build`, () => {
    it("keeps what the hash says, bit for bit, at any seed", () => {
      const length = fc.constantFrom(0, 1, 3, 4, 5, 64, 101);
      const rate = fc.constantFrom(0, 0.1, 0.5, 0.9, 0.999);
      const integer = fc.integer();
      fc.assert(
        fc.property(length, rate, integer, cutsOf, (count, dropped, seed, cuts) => {
          const x = waves(count, 1);
          const [px, py] = [memory.put(x), memory.floats(count)];
          const threshold = Math.floor(dropped * 2 ** 32);
          const scale = Math.fround(1 / (1 - dropped));
          inPieces(count, cuts, (start, end) => kernels.dropout(px, py, seed, threshold, scale, start, end));
          const expected = x.map((value, i) => (hash(seed, i) >= threshold ? value * scale : 0));
          expect(firstMismatch(memory.readFloats(py, count), expected, { relative: 0, absolute: 0 })).toBeUndefined();
          memory.reset();
        }),
      );
    });
  });

  describe(`adamW, ${build} build`, () => {
    it("equals the update in float64, in place or not, however its blocks are cut", () => {
      const lengths = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, 31, 64), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(lengths, fc.boolean(), cutsOf, fc.nat(1000), (counts, inPlace, cuts, seed) => {
          const block = 8;
          const [rate, b1, b2, e, c1, c2, by] = [2e-3, 0.9, 0.98, 1e-8, 0.19, 0.0396, 0.5] as const;
          const table = new Int32Array(10 * counts.length);
          const decays = new Float32Array(table.buffer);
          let blocks = 0;
          const parameters = counts.map((count, index) => {
            const [p, g, m] = [waves(count, seed), waves(count, seed + 1), waves(count, seed + 2)];
            const v = waves(count, seed + 3).map(Math.abs);
            const at = [memory.put(p), memory.put(g), memory.put(m), memory.put(v)] as const;
            const to = inPlace
              ? ([at[0], at[2], at[3]] as const)
              : ([memory.floats(count), memory.floats(count), memory.floats(count)] as const);
            const decay = 1 - 2e-3 * 0.1 * index;
            table.set([...at, ...to, blocks, count], 10 * index);
            decays[10 * index + 9] = decay;
            blocks += Math.ceil(count / block);
            return { p, g, m, v, to, count, decay };
          });
          const place = memory.put(table);
          inPieces(blocks, cuts, (start, end) =>
            kernels.adamW(place, counts.length, block, rate, b1, b2, e, c1, c2, by, start, end),
          );
          for (const { p, g, m, v, to, count, decay } of parameters) {
            const gradient = Array.from(g, (value) => value * by);
            const newM = gradient.map((value, i) => b1 * m[i]! + (1 - b1) * value);
            const newV = gradient.map((value, i) => b2 * v[i]! + (1 - b2) * value * value);
            const newP = newM.map((value, i) => p[i]! * decay - (rate * (value / c1)) / (Math.sqrt(newV[i]! / c2) + e));
            expect(firstMismatch(memory.readFloats(to[0], count), newP, tolerance)).toBeUndefined();
            expect(firstMismatch(memory.readFloats(to[1], count), newM, tolerance)).toBeUndefined();
            expect(firstMismatch(memory.readFloats(to[2], count), newV, tolerance)).toBeUndefined();
          }
          memory.reset();
        }),
      );
    });
  });
}
