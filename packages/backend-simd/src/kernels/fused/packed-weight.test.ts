import {
  embedding,
  linear,
  multiplyOut,
  type PackedWeight,
  packedShape,
  packWeight,
  type Tensor2D,
  tf,
} from "@trivium/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSimdBackend } from "../../simd.ts";
import { toBf16 } from "../../testing/gemm-cases.ts";
import { waves } from "../../testing/test-memory.ts";

const formats = ["bf16", "q8"] as const;

/** GGUF's Q8_0 of 32 numbers by ggml's reference, and back. */
function throughQ8(block: readonly number[]): number[] {
  const step = Math.fround(Math.max(...block.map(Math.abs)) / 127);
  const inverse = step > 0 ? Math.fround(1 / step) : 0;
  const rounded = block.map((x) => Math.sign(x) * Math.floor(Math.abs(Math.fround(x * inverse)) + 0.5));
  return rounded.map((q) => Math.fround(Math.f16round(step) * q) + 0);
}

/** The numbers that a format keeps. */
const kept = (format: "bf16" | "q8", values: readonly number[]): number[] =>
  format === "bf16"
    ? values.map(toBf16)
    : Array.from({ length: values.length / 32 }, (_, block) =>
        throughQ8(values.slice(32 * block, 32 * block + 32)),
      ).flat();

const cases = fc.record({
  rows: fc.constantFrom(1, 2, 3, 7, 32, 33),
  outputs: fc.constantFrom(1, 3, 8, 31, 100, 203),
  blocks: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(1000),
});

interface Case {
  readonly rows: number;
  readonly outputs: number;
  readonly blocks: number;
  readonly seed: number;
}

function numbersOf({ rows, outputs, blocks, seed }: Case) {
  const inputs = 32 * blocks;
  const weights = [...waves(outputs * inputs, seed)].map((x, at) => Math.fround(x * 2 ** -(at % 7)));
  return { inputs, weights, x: waves(rows * inputs, seed + 1), bias: waves(outputs, seed + 2) };
}

for (const { build, splitUnits } of [
  { build: "relaxed" },
  { build: "plain" },
  { build: "relaxed", splitUnits: 1 },
] as const) {
  const backend = createSimdBackend({
    name: `packed-${build}-${splitUnits}`,
    build,
    splitUnits,
    threads: 1,
    gemm: "wasm",
  });
  describe(backend.name, () => {
    const on = (work: () => void) => async () => {
      await backend.activate();
      const before = tf.memory().numTensors;
      work();
      expect(tf.memory().numTensors).toBe(before);
    };

    it.each(formats)("%s keeps the numbers that the reference keeps", (format) =>
      on(() => {
        fc.assert(
          fc.property(cases, (shape) => {
            const { inputs, weights } = numbersOf(shape);
            const got = tf.tidy(() => {
              const packed = packWeight(tf.tensor2d(weights, [shape.outputs, inputs]), format) as PackedWeight;
              expect(packedShape(packed)).toEqual([shape.outputs, inputs]);
              return embedding(packed, tf.range(0, shape.outputs, 1, "int32")).dataSync();
            });
            expect([...got]).toEqual(kept(format, weights));
          }),
          { numRuns: 8 },
        );
      })(),
    );

    it("q8 rounds halves away from 0", () =>
      on(() => {
        // The step of a block is 1.
        const weights = Array.from({ length: 32 }, (_, at) => (at === 0 ? 127 : (at % 2 ? 1 : -1) * (at - 0.5)));
        const got = tf.tidy(() =>
          embedding(packWeight(tf.tensor2d(weights, [1, 32]), "q8")!, tf.tensor1d([0], "int32")),
        );
        expect([...got.dataSync()]).toEqual(weights.map((x) => Math.sign(x) * Math.ceil(Math.abs(x))));
        got.dispose();
      })());

    it.each(formats)(
      "a product by %s is that of the numbers it keeps, in float64, and a row's bits are its own",
      (format) =>
        on(() => {
          fc.assert(
            fc.property(cases, fc.nat(31), (shape, at) => {
              const { rows, outputs } = shape;
              const { inputs, weights, x, bias } = numbersOf(shape);
              const [all, one] = tf.tidy(() => {
                const packed = packWeight(tf.tensor2d(weights, [outputs, inputs]), format) as PackedWeight;
                const given = tf.tensor2d(x, [rows, inputs]);
                const row = at % rows;
                const alone = tf.slice(given, [row, 0], [1, inputs]);
                const added = tf.tensor1d(bias);
                return [given, alone].map((some) => linear(some, packed, added).dataSync());
              });
              const numbers = kept(format, weights);
              for (let row = 0; row < rows; row++) {
                const factors = [...x.subarray(row * inputs, (row + 1) * inputs)];
                const largest = Math.max(...factors.map(Math.abs));
                for (let output = 0; output < outputs; output++) {
                  const own = numbers.slice(output * inputs, (output + 1) * inputs);
                  const magnitude = own.reduce(
                    (sum, weight, k) => sum + Math.abs(weight * factors[k]!),
                    Math.abs(bias[output]!),
                  );
                  const exact = own.reduce((sum, weight, k) => sum + weight * factors[k]!, bias[output]!);
                  // Blocks multiply by 14 bits of each factor.
                  const ofFactors =
                    format === "q8" ? (own.reduce((sum, weight) => sum + Math.abs(weight), 0) * largest) / 16382 : 0;
                  const error = Math.abs(all![row * outputs + output]! - exact);
                  if (!(error <= 2e-6 * magnitude + ofFactors)) expect([row, output, error]).toBe(magnitude);
                }
              }
              // More rows than that may be summed in another order.
              if (rows <= 32) expect(one).toEqual(all!.slice((at % rows) * outputs, ((at % rows) + 1) * outputs));
            }),
            { numRuns: 8 },
          );
        })(),
    );
  });
}

describe("packed weights", () => {
  it("blocks of zeros, and of the least and largest numbers, are those of the reference", async () => {
    await createSimdBackend({ name: "packed-edges", threads: 1 }).activate();
    const edges = [0, 1e-45, 1e-30, 3e-8, 6e-8, 1e-6, 65504 * 127, 1e-3].flatMap((largest) =>
      Array.from({ length: 32 }, (_, at) => Math.fround((largest * (at - 31)) / 31)),
    );
    tf.tidy(() => {
      const packed = packWeight(tf.tensor2d(edges, [4, 64]), "q8") as PackedWeight;
      const got = embedding(packed, tf.range(0, 4, 1, "int32")).dataSync();
      expect([...got].map((x) => x + 0)).toEqual(kept("q8", edges));
    });
  });

  it("an activation follows, and a head's logits are bounded", async () => {
    await createSimdBackend({ name: "packed-head", threads: 1 }).activate();
    tf.tidy(() => {
      const matrix = tf.tensor2d(waves(64 * 32, 1), [64, 32]) as Tensor2D;
      const x = tf.tensor2d(waves(2 * 32, 2), [2, 32]) as Tensor2D;
      const weight = packWeight(matrix, "bf16") as PackedWeight;
      const plain = linear(x, weight);
      expect(linear(x, weight, undefined, { activation: "relu" }).dataSync()).toEqual(tf.relu(plain).dataSync());
      const bounded = multiplyOut({ states: x, head: { weight, transpose: true, softCap: 0.125 } }).dataSync();
      expect(bounded.every((logit) => Math.abs(logit) <= 0.125)).toBe(true);
      expect(() => linear(tf.ones([2, 31]), weight)).toThrow("[64, 32] (outputs, inputs) does not take x [2, 31]");
    });
  });

  it("NaN in a factor stays NaN, and q8 refuses weights that it cannot hold", async () => {
    await createSimdBackend({ name: "packed-nan", threads: 1 }).activate();
    tf.tidy(() => {
      const x = tf.tensor2d(
        Array.from({ length: 32 }, (_, at) => (at === 5 ? Number.NaN : 1)),
        [1, 32],
      );
      for (const format of formats) {
        const packed = packWeight(tf.ones([3, 32]) as Tensor2D, format) as PackedWeight;
        expect([...linear(x, packed).dataSync()]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
      }
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 9e6])
        expect(() => packWeight(tf.fill([2, 32], bad) as Tensor2D, "q8")).toThrow(
          /^output 0 of a matrix \[2, 32\] has/,
        );
    });
  });

  it("matrices of an odd number of inputs are not packed", async () => {
    await createSimdBackend({ name: "packed-odd", threads: 1 }).activate();
    tf.tidy(() => {
      expect(packWeight(tf.ones([3, 12]) as Tensor2D, "bf16")).toBeUndefined();
      expect(packWeight(tf.ones([3, 48]) as Tensor2D, "q8")).toBeUndefined();
    });
  });
});
