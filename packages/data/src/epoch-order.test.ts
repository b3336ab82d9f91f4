import fc from "fast-check";
import { expect, test } from "vitest";
import { createEpochOrder, type EpochOrder } from "./epoch-order.ts";

const options = fc.record({
  lengths: fc.array(fc.nat(30), { minLength: 1, maxLength: 200 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  seed: fc.nat(),
  bucketBatches: fc.integer({ min: 1, max: 5 }),
});
const epoch = (order: EpochOrder, number: number) =>
  Array.from({ length: order.batchesPerEpoch }, (_, index) => order.batch({ epoch: number, index }));

test("an epoch has full batches of different examples, and only the remainder sits out", () => {
  fc.assert(
    fc.property(options, fc.nat(3), (given, number) => {
      const batches = epoch(createEpochOrder(given), number);
      const seen = batches.flat();
      const { length } = given.lengths;
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBe(length < given.batchSize ? length : length - (length % given.batchSize));
      for (const batch of batches) expect(batch.length).toBe(Math.min(given.batchSize, length));
    }),
  );
});

test("a batch is a pure function of seed, epoch and index, in whatever order it is asked for", () => {
  fc.assert(
    fc.property(options, fc.array(fc.nat(100), { minLength: 1, maxLength: 10 }), (given, steps) => {
      const used = createEpochOrder(given);
      for (const step of steps) {
        const fresh = createEpochOrder(given);
        expect(used.batch(used.position(step))).toEqual(fresh.batch(fresh.position(step)));
      }
    }),
  );
});

test("steps walk through epoch after epoch", () => {
  const order = createEpochOrder({ lengths: Array(10).fill(1), batchSize: 3, seed: 1 });
  expect([0, 2, 3, 7].map(order.position)).toEqual([
    { epoch: 0, index: 0 },
    { epoch: 0, index: 2 },
    { epoch: 1, index: 0 },
    { epoch: 2, index: 1 },
  ]);
});

test("another seed and another epoch give another order, and every example has its turn", () => {
  const lengths = Array.from({ length: 103 }, (_, at) => at % 7);
  const order = createEpochOrder({ lengths, batchSize: 10, seed: 1 });
  expect(epoch(order, 0)).not.toEqual(epoch(order, 1));
  expect(epoch(order, 0)).not.toEqual(epoch(createEpochOrder({ lengths, batchSize: 10, seed: 2 }), 0));
  const seen = new Set(Array.from({ length: 10 }, (_, number) => epoch(order, number)).flat(2));
  expect(seen.size).toBe(103);
});

test("buckets save most of the padding, without sorting the epoch", () => {
  const lengths = Array.from({ length: 5000 }, (_, at) => (at * 7919) % 40);
  const padding = (bucketBatches: number) => {
    const batches = epoch(createEpochOrder({ lengths, batchSize: 50, seed: 3, bucketBatches }), 0);
    const wasted = batches.map((batch) => {
      const real = batch.map((index) => lengths[index] as number);
      return real.length * Math.max(...real) - real.reduce((sum, length) => sum + length, 0);
    });
    return {
      wasted: wasted.reduce((sum, one) => sum + one, 0),
      longest: batches.map((batch) => Math.max(...batch.map((index) => lengths[index] as number))),
    };
  };
  const [plain, bucketed] = [padding(1), padding(32)];
  expect(bucketed.wasted).toBeLessThan(0.1 * plain.wasted);
  expect(bucketed.longest).not.toEqual([...bucketed.longest].sort((a, b) => a - b));
});

test("unusable options are refused", () => {
  const make = (given: object) => () => createEpochOrder({ lengths: [1], batchSize: 1, seed: 1, ...given });
  expect(make({ lengths: [] })).toThrow("there are no examples to make batches of");
  expect(make({ batchSize: 0 })).toThrow("batchSize is a whole number from 1, got 0");
  expect(make({ bucketBatches: 1.5 })).toThrow("bucketBatches is a whole number from 1, got 1.5");
});
