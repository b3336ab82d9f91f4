import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { causal, full, type Mask, or, prefix } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { reference } from "./reference.ts";
import { assertSealed } from "./sealed-prefix.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const prefixLm = (lengths: number | readonly number[]): Mask => or(prefix({ lengths }), causal());

function refusalOf(mask: Mask, lengths: readonly number[], counts: readonly number[]): TriviumError | null {
  try {
    assertSealed(mask, lengths, counts);
    return null;
  } catch (error) {
    if (TriviumError.is(error)) return error;
    throw error;
  }
}

test("pitfall 13: a prefix that grows changes the states of what is stored", () => {
  tf.tidy(() => {
    const embedded = tf.randomNormal<tf.Rank.R4>([1, 1, 5, 4], 0, 1, "float32", 1);
    const statesUnder = (length: number): number[] => {
      const x = tf.slice(embedded, [0, 0, 0, 0], [1, 1, length, 4]) as Tensor4D;
      const states = reference().attend({ query: x, key: x, value: x, mask: prefixLm(length) });
      return [...states.dataSync().slice(0, 3 * 4)];
    };
    const difference = statesUnder(3).map((state, at) => Math.abs(state - statesUnder(5)[at]!));
    expect(Math.max(...difference)).toBeGreaterThan(0.1);
  });
});

test("pitfall 13: a chat turn and a prompt in chunks are refused, with the pair that would be wrong", () => {
  const error = refusalOf(prefixLm(5), [3], [2]);
  expect(error?.code).toBe("attention/sealed-prefix");
  expect(error?.details).toEqual({ row: 0, query: 0, key: 3, stored: 3, added: 2 });
  expect(error?.message).toBe(
    "row 0: the mask shows position 0, which is stored, the new position 3; its keys and values were computed " +
      "without it. Continue with a mask whose prefix ends at 3, or run the longer prefix whole",
  );
  expect(refusalOf(full(), [3], [1])?.code).toBe("attention/sealed-prefix");
});

test("one row that would grow refuses the batch; rows that rest are not asked", () => {
  expect(refusalOf(prefixLm([2, 4]), [2, 3], [1, 1])?.details).toMatchObject({ row: 1, query: 0, key: 3 });
  expect(refusalOf(prefixLm([2, 4]), [2, 3], [1, 0])).toBeNull();
  expect(refusalOf(prefixLm([2, 3]), [2, 3], [1, 1])).toBeNull();
});

test("positions are taken exactly if no stored one sees a new one", () => {
  const lengths = fc.record({ stored: fc.integer({ min: 1, max: 6 }), added: fc.integer({ min: 1, max: 3 }) });
  const [prefixes, offsets] = [fc.integer({ min: 0, max: 9 }), fc.integer({ min: -2, max: 2 })];
  fc.assert(
    fc.property(lengths, prefixes, offsets, ({ stored, added }, length, offset) => {
      const mask = or(prefix({ lengths: length }), causal({ offset }));
      const all = Array.from({ length: stored + added }, (_, at) => at);
      const grows = all
        .slice(0, stored)
        .some((query) => all.slice(stored).some((key) => mask.visible(0, 0, query, key)));
      expect(refusalOf(mask, [stored], [added])?.code).toBe(grows ? "attention/sealed-prefix" : undefined);
    }),
    { seed: 13, numRuns: 300 },
  );
});

test("a mask for another number of rows is refused", () => {
  expect(refusalOf(prefixLm([2, 2]), [2], [1])?.code).toBe("attention/mask-rows");
});
