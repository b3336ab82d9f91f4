import {
  type AdamWInput,
  adamWUpdate,
  dropout,
  dropoutHash,
  fusedKernels,
  linear,
  maskedSoftmax,
  softmaxCrossEntropy,
  squaredNorms,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
  writeSlots,
} from "@trivium/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSimdBackend } from "../../index.ts";
import { floats, seed, size } from "../../testing/arbitraries.ts";
import { fusedPrograms, tensor } from "../../testing/fused-programs.ts";
import type { Given } from "../../testing/kernel-call.ts";
import { expectClose } from "../../testing/kernel-pair.ts";

const variants = [
  createSimdBackend({ name: "fused-default", poison: true }),
  createSimdBackend({ name: "fused-split", poison: true, splitUnits: 1, misalignBytes: 4 }),
  createSimdBackend({ name: "fused-plain", poison: true, build: "plain" }),
];

/** The outputs of `run` and the gradients of their weighted sum to each float input. */
function outputsAndGradients(inputs: readonly Given[], run: (...inputs: Tensor[]) => Tensor): Float32Array[] {
  return tf.tidy(() => {
    const tensors = inputs.map(tensor);
    const varied = tensors.filter(({ dtype }) => dtype === "float32");
    // Weights that differ from element to element: a sum alone would hide what cancels.
    const loss = (y: Tensor) => tf.sum(tf.mul(y, tf.reshape(tf.sin(tf.range(1, y.size + 1)), y.shape)));
    const { grads } = tf.engine().gradients(() => loss(run(...tensors)) as tf.Scalar, varied, undefined, true);
    return [run(...tensors), ...grads].map((x) => (x ?? tf.zeros([1])).dataSync() as Float32Array);
  });
}

describe.for(variants.map((variant) => [variant.name, variant] as const))("%s", ([, variant]) => {
  beforeAll(() => variant.activate());
  afterAll(() => {
    // Attention has its oracle, and so its tests, above this package; packed weights have theirs beside their kernels.
    const unused = Object.entries(variant.acceleratedCalls()).filter(
      ([name, calls]) => name.startsWith("Trivium") && !/^TriviumAttention|Pack/.test(name) && calls === 0,
    );
    expect(unused).toEqual([]);
  });

  test.for(Object.entries(fusedPrograms))("%s and its gradients are those of the composed ops", async ([, given]) => {
    await fc.assert(
      fc.asyncProperty(given, async ({ inputs, run }) => {
        await variant.activate();
        const before = variant.use().liveBuffers;
        const actual = outputsAndGradients(inputs, run);
        expect(variant.use().liveBuffers).toBe(before);
        await tf.setBackend("cpu");
        const expected = outputsAndGradients(inputs, run);
        actual.forEach((values, index) => {
          expectClose(values, expected[index]!, { absolute: 3e-5, relative: 1e-4 });
        });
      }),
      { numRuns: 40 },
    );
  });

  test("a linear map with a frozen weight costs one product backward, not two", async () => {
    await variant.activate();
    const products = () => {
      const calls = variant.acceleratedCalls();
      return calls.TriviumLinearInputGradient! + calls.TriviumLinearWeightGradient! + calls.BatchMatMul!;
    };
    tf.tidy(() => {
      const [x, weight] = [tf.ones([3, 5]), tf.ones([5, 2]) as Tensor2D];
      const before = products();
      expect([
        ...tf
          .grad((input) => tf.sum(linear(input, weight)))(x)
          .dataSync(),
      ]).toEqual(new Array(15).fill(2));
      expect(products() - before).toBe(1);
    });
  });

  const rates = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, correction1: 0.3, correction2: 0.2 };
  const adamWInput = (length: number, from: number): AdamWInput => {
    const [parameter, gradient, m, v] = [0, 1, 2, 3].map((index) => tensor(floats([length], from + index)));
    return { parameter: parameter!, gradient: gradient!, m: m!, v: tf.abs(v!), weightDecay: (from % 3) / 10 };
  };

  test("AdamW is the composed update, of all parameters together", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(size, fc.constant(9000)), { maxLength: 4 }), seed, async (lengths, from) => {
        const update = () =>
          tf.tidy(() => {
            const inputs = lengths.map((length, index) => adamWInput(length, from + 4 * index));
            const outputs = adamWUpdate(inputs, { ...rates, gradientScale: 0.5 });
            return outputs.flatMap(({ parameter, m, v }) => [parameter, m, v].map((x) => x.dataSync() as Float32Array));
          });
        await variant.activate();
        const actual = update();
        await tf.setBackend("cpu");
        update().forEach((values, index) => {
          expectClose(actual[index]!, values, { absolute: 1e-5, relative: 1e-5 });
        });
      }),
      { numRuns: 40 },
    );
  });

  test("slots are written run by run, and other holders of the storage see nothing", async () => {
    await variant.activate();
    const counted = (shape: [number, number], from: number): Tensor2D =>
      tf.reshape(tf.range(from, from + shape[0] * shape[1]), shape);
    const sizes = fc.record({
      before: fc.nat(5),
      first: fc.integer({ min: 1, max: 4 }),
      between: fc.nat(3),
      second: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ before, first, between, second, width }, isShared) => {
        tf.tidy(() => {
          const storage = counted([before + first + between + second, width], 1);
          const fresh = counted([first + second, width], 1000);
          const [expected, untouched, added] = [storage.arraySync(), storage.arraySync(), fresh.arraySync()];
          const other = isShared ? storage.clone() : undefined;
          const later = before + first + between;
          expected.splice(before, first, ...added.slice(second));
          expected.splice(later, second, ...added.slice(0, second));
          expect(writeSlots(storage, fresh, [later, second, before, first]).arraySync()).toEqual(expected);
          if (other) expect(other.arraySync()).toEqual(untouched);
        });
      }),
    );
  });

  test("storage that nothing else holds is written in place: no buffer more, and none left behind", async () => {
    await variant.activate();
    const [storage, slots] = [tf.zeros([8, 4]) as Tensor2D, tf.ones([2, 4]) as Tensor2D];
    const before = variant.use().liveBuffers;
    const { dataId } = storage;
    const written = writeSlots(storage, slots, [3, 1, 6, 1]);
    expect(written.dataId).toBe(dataId);
    expect(variant.use().liveBuffers).toBe(before);
    tf.dispose([written, slots]);
    expect(variant.use().liveBuffers).toBe(before - 2);
  });

  test("squared norms are sums over blocks, whatever the sizes", async () => {
    await variant.activate();
    fc.assert(
      fc.property(
        fc.array(fc.oneof(size, fc.constant(9000)), { minLength: 1, maxLength: 4 }),
        seed,
        (lengths, from) => {
          const all = lengths.map((length, index) => floats([length], from + index));
          const actual = tf.tidy(() => squaredNorms(all.map(tensor)).dataSync());
          const expected = all.map(({ values }) => Array.from(values).reduce((sum, value) => sum + value * value, 0));
          expectClose(actual, expected, { absolute: 0, relative: 1e-6 });
        },
      ),
      { numRuns: 40 },
    );
  });

  test("AdamW writes in place, but not where a clone or a reshape holds the data, or another parameter", async () => {
    await variant.activate();
    tf.tidy(() => {
      const alone = adamWInput(5, 1);
      const { parameter: held } = adamWInput(5, 2);
      const before = [...held.dataSync()];
      const snapshots = [tf.clone(held), tf.reshape(held, [5, 1])];
      const twice = tf.tensor1d([1, 2, 3, 4, 5]);
      const places = [alone.parameter, alone.m, alone.v].map(({ dataId }) => dataId);
      const [first, second, ...others] = adamWUpdate(
        [
          alone,
          { ...adamWInput(5, 3), parameter: held },
          ...[4, 5].map((from) => ({ ...adamWInput(5, from), parameter: twice })),
        ],
        { ...rates, gradientScale: 1 },
      );
      expect([first!.parameter, first!.m, first!.v].map(({ dataId }) => dataId)).toEqual(places);
      for (const snapshot of snapshots) expect([...snapshot.dataSync()]).toEqual(before);
      expect(second!.parameter.dataId).not.toBe(snapshots[0]!.dataId);
      expect(others[0]!.parameter.dataId).not.toBe(others[1]!.parameter.dataId);
    });
  });

  test("dropout keeps exactly what the hash keeps", async () => {
    await variant.activate();
    const length = 10_007;
    for (const [rate, from] of [
      [0.1, 7],
      [0.5, -3],
      [0.9, 2 ** 31 - 1],
    ] as const) {
      const kept = tf.tidy(() => dropout(tf.ones([length]), { rate, seed: from }).dataSync());
      const threshold = Math.floor(rate * 2 ** 32);
      const expected = Float32Array.from(kept, (_, index) =>
        dropoutHash(from, index) >= threshold ? 1 / (1 - rate) : 0,
      );
      expect(kept).toEqual(expected);
    }
  });

  test("pitfall 1: a row with nothing visible is zero, in values and in gradients, whatever it holds", async () => {
    await variant.activate();
    const [y, gradient] = tf.tidy(() => {
      const scores = tf.tensor4d([Number.NaN, 1, 2, Number.POSITIVE_INFINITY, 1, 2], [1, 1, 2, 3]);
      const visible = tf.tensor4d([0, 0, 0, 0, 1, 1], [1, 1, 2, 3], "bool");
      const run = (x: Tensor) => maskedSoftmax({ scores: x as Tensor4D, visible, scale: 1 });
      const weights = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
      return [run(scores), tf.grad((x) => tf.sum(tf.mul(run(x), weights)))(scores)].map((x) => [...x.dataSync()]);
    }) as [number[], number[]];
    const second = 1 / (1 + Math.exp(-1));
    expectClose(y, [0, 0, 0, 0, 1 - second, second], { absolute: 1e-6, relative: 0 });
    expectClose(gradient, [0, 0, 0, 0, -second * (1 - second), second * (1 - second)], { absolute: 1e-6, relative: 0 });
  });

  test("a target outside the vocabulary is refused by row, id and vocabulary, and nothing is left behind", async () => {
    await variant.activate();
    const before = variant.use().liveBuffers;
    for (const id of [-1, 4, -100, 20, -3328]) {
      const refused = () =>
        tf.tidy(() => {
          const [logits, dLosses] = [tf.zeros([2, 4]), tf.ones([2])];
          const [targets, weights] = [tf.tensor1d([3, id], "int32"), tf.tensor1d([1, 2])];
          const message = `the target of row 1 should be an id in [0, 4), got ${id}`;
          expect(() => softmaxCrossEntropy(logits as Tensor2D, targets, weights)).toThrow(message);
          const inputs = { dLosses, logits, targets, weights, logSumExp: tf.zeros([2]) };
          const options = { labelSmoothing: 0, zLoss: 0 };
          expect(() => tf.engine().runKernel(fusedKernels.softmaxCrossEntropyGradient.name, inputs, options)).toThrow(
            message,
          );
        });
      refused();
      expect(variant.use().liveBuffers).toBe(before);
    }
  });

  test("a row of weight 0 has a loss and a gradient of exactly 0, though its logits are NaN", async () => {
    await variant.activate();
    const results = tf.tidy(() => {
      const logits = tf.tensor2d([Number.NaN, Number.NaN, 1, 2], [2, 2]);
      const run = (x: Tensor) => softmaxCrossEntropy(x as Tensor2D, tf.tensor1d([9, 0], "int32"), tf.tensor1d([0, 1]));
      return [run(logits), tf.grad((x) => tf.sum(run(x)))(logits)].map((x) => [...x.dataSync()]);
    }) as [number[], number[]];
    expect(results[0][0]).toBe(0);
    expect(results[1].slice(0, 2)).toEqual([0, 0]);
    expect(results[0][1]).toBeCloseTo(Math.log(1 + Math.E), 5);
  });
});
