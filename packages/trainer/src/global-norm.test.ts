import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { clipFactor, globalNorm } from "./global-norm.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 });

test("the global norm equals the float64 norm of all tensors as one vector, and leaves no tensor", async () => {
  await fc.assert(
    fc.asyncProperty(values, values, async (a, b) => {
      const before = tf.memory().numTensors;
      const tree = { a: tf.tensor1d(a), inner: { b: tf.tensor2d(b, [b.length, 1]) } };
      const norm = await globalNorm(tree);
      const expected = Math.hypot(...[...a, ...b].map(Math.fround));
      expect(Math.abs(norm - expected)).toBeLessThanOrEqual(1e-6 * expected + 1e-12);
      tf.dispose([tree.a, tree.inner.b]);
      expect(tf.memory().numTensors).toBe(before);
    }),
  );
});

test("clipping scales a larger norm to the limit and leaves a smaller one alone", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 10, noNaN: true }),
      (norm, limit) => {
        const clipped = norm * clipFactor(norm, limit);
        expect(clipped).toBeCloseTo(Math.min(norm, limit), 8);
      },
    ),
  );
  expect(clipFactor(1e9, undefined)).toBe(1);
  expect(clipFactor(0, 1)).toBe(1);
});
