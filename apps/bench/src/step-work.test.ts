import fc from "fast-check";
import { expect, test } from "vitest";
import { architectures, namedShapes, stepWork } from "./step-work.ts";

const sizes = fc.record({
  vocabulary: fc.integer({ min: 2, max: 40 }),
  length: fc.integer({ min: 2, max: 8 }).map((half) => 2 * half),
  batch: fc.integer({ min: 1, max: 4 }),
  width: fc.integer({ min: 1, max: 4 }).map((quarter) => 4 * quarter),
  layers: fc.integer({ min: 1, max: 3 }),
  heads: fc.constantFrom(1, 2, 4),
});

test("the model of S1 has as many parameters as the PyTorch peer's", () => {
  expect(stepWork("causal", namedShapes.S1).parameters).toBe(4_775_936);
});

test("parameters are those of the peer's formula, whatever the shape", () => {
  fc.assert(
    fc.property(sizes, (shape) => {
      const { vocabulary: v, length: l, width: m, layers: n } = shape;
      const [norm, linear] = [2 * m, (outputs: number, inputs: number) => outputs * inputs + outputs];
      const attention = linear(3 * m, m) + linear(m, m) + norm;
      const block = attention + linear(4 * m, m) + linear(m, 4 * m) + norm;
      // The head has no bias and is not tied; positions are learned.
      const whole = 2 * v * m + l * m + n * block + norm;
      expect(stepWork("causal", shape).parameters).toBe(whole);
      expect(stepWork("prefix", shape).parameters).toBe(whole);
      // A stack more with its norm, cross-attention in each layer of the decoder, and half of the positions for each.
      expect(stepWork("encoder-decoder", shape).parameters).toBe(whole + n * (block + attention) + norm);
    }),
  );
});

test("rows fill the length, and prefix and source are half of it", () => {
  fc.assert(
    fc.property(sizes, fc.constantFrom(...architectures), (shape, name) => {
      const work = stepWork(name, shape);
      const [batch, ...more] = work.batches.batches(0);
      const { length } = shape;
      const streams = name === "encoder-decoder" ? { source: length / 2, target: length / 2 } : { tokens: length };
      expect(more).toEqual([]);
      expect(batch?.size).toBe(shape.batch);
      for (const [stream, size] of Object.entries(streams)) {
        expect(batch?.streams[stream]?.lengths).toEqual(Array(shape.batch).fill(size));
      }
      expect(batch?.seenTokens).toBe(work.tokens);
      // SEP, which ends the prefix, predicts as well.
      const supervised = { causal: length, prefix: length / 2 + 1, "encoder-decoder": length / 2 }[name];
      expect(batch?.supervisedTokens).toBe(shape.batch * supervised);
      expect(batch?.prefixLengths).toEqual(Array(shape.batch).fill(name === "prefix" ? length / 2 : 0));
    }),
  );
});
