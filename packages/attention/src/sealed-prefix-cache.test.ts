import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { causal, full, type Mask, or, positioned, prefix } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { KeyValueEntry } from "./cache-storage.ts";
import { reference } from "./reference.ts";
import { createSealedPrefixCache, type SealedPrefixCache } from "./sealed-prefix-cache.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const kernel = reference();
const prefixLm = (lengths: number | readonly number[]): Mask => or(prefix({ lengths }), causal());
const normal = (seed: number, length: number, rows = 1): Tensor4D =>
  tf.randomNormal<tf.Rank.R4>([rows, 1, length, 4], 0, 1, "float32", seed);

const entryOf = (positions: readonly (readonly number[])[]): KeyValueEntry => {
  const states = normal(5, positions[0]!.length, positions.length);
  return { key: states, value: states, positions };
};

function refusalOf(cache: SealedPrefixCache, positions: readonly (readonly number[])[], mask: Mask): TriviumError {
  try {
    cache.extend({ ...entryOf(positions), mask });
  } catch (error) {
    if (TriviumError.is(error)) return error;
    throw error;
  }
  throw new Error("the extension was accepted");
}

test("pitfall 13: a prefix that grows changes the states that its cache holds", () => {
  tf.tidy(() => {
    const embedded = normal(1, 5);
    const statesUnder = (length: number): number[] => {
      const x = tf.slice(embedded, [0, 0, 0, 0], [1, 1, length, 4]);
      const states = kernel.attend({ query: x, key: x, value: x, mask: prefixLm(length) });
      return [...states.dataSync().slice(0, 3 * 4)];
    };
    const difference = statesUnder(3).map((state, at) => Math.abs(state - statesUnder(5)[at]!));
    expect(Math.max(...difference)).toBeGreaterThan(0.1);
  });
});

test("pitfall 13: a chat turn and a prompt in chunks are refused, with the pair that would be wrong", () => {
  tf.tidy(() => {
    const cache = createSealedPrefixCache(entryOf([[0, 1, 2]]));
    const error = refusalOf(cache, [[3, 4]], prefixLm(5));
    expect(error.code).toBe("attention/sealed-prefix");
    expect(error.details).toMatchObject({ row: 0, query: 0, key: 3, sealedLength: 3 });
    expect(error.message).toBe(
      "row 0: the mask shows position 0, which is stored, the new position 3; its keys and values were computed " +
        "without it. Continue with a mask whose prefix ends at 3, or run the longer prefix whole",
    );
    expect(refusalOf(cache, [[3]], full()).code).toBe("attention/sealed-prefix");
    cache.dispose();
  });
});

test("one row that would grow refuses the batch, on logical positions, and the cache stays usable", () => {
  tf.tidy(() => {
    const cache = createSealedPrefixCache(
      entryOf([
        [-1, 0, 1],
        [0, 1, 2],
      ]),
    );
    expect(cache.sealedLengths).toEqual([2, 3]);
    expect(refusalOf(cache, [[2], [3]], prefixLm([2, 4])).details).toMatchObject({ row: 1, query: 0, key: 3 });
    const longer = cache.extend({ ...entryOf([[2], [3]]), mask: prefixLm([2, 3]) });
    expect(longer.positions).toEqual([
      [-1, 0, 1, 2],
      [0, 1, 2, 3],
    ]);
    expect(longer.sealedLengths).toEqual([2, 3]);
    longer.dispose();
  });
});

test("what was decoded never joins the prefix later", () => {
  tf.tidy(() => {
    const cache = createSealedPrefixCache(entryOf([[0, 1]])).extend({ ...entryOf([[2]]), mask: prefixLm(2) });
    expect(refusalOf(cache, [[3]], prefixLm(4)).details).toMatchObject({ query: 0, key: 3, sealedLength: 2 });
    cache.dispose();
  });
});

test("an extension is taken exactly if no stored position sees a new one", () => {
  const lengths = fc.record({ stored: fc.integer({ min: 1, max: 6 }), added: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: -2, max: 2 }),
      ({ stored, added }, length, offset) => {
        const mask = or(prefix({ lengths: length }), causal({ offset }));
        const all = Array.from({ length: stored + added }, (_, at) => at);
        const [before, after] = [all.slice(0, stored), all.slice(stored)];
        const grows = before.some((query) => after.some((key) => mask.visible(0, 0, query, key)));
        tf.tidy(() => {
          const cache = createSealedPrefixCache(entryOf([before]));
          if (grows) expect(refusalOf(cache, [after], mask).code).toBe("attention/sealed-prefix");
          else cache.extend({ ...entryOf([after]), mask }).dispose();
          cache.dispose();
        });
      },
    ),
    { seed: 13, numRuns: 300 },
  );
});

test("one sealed prompt serves several completions, again and again, and equals attention over the whole text", () => {
  tf.tidy(() => {
    const [promptLength, count] = [3, 2];
    const prompt = normal(1, promptLength);
    const sealed = createSealedPrefixCache({ key: prompt, value: prompt, positions: [[0, 1, 2]] });
    for (const seed of [2, 3]) {
      const token = normal(seed, 1, count);
      const mask = prefixLm(promptLength);
      const forked = sealed.fork(count);
      expect(forked.sealedLengths).toEqual([3, 3]);
      const cache = forked.extend({ key: token, value: token, positions: [[promptLength]], mask });
      const decoded = kernel.attend({
        query: token,
        key: cache.key,
        value: cache.value,
        mask: positioned(mask, { queries: [promptLength], keys: cache.positions }),
      });
      const text = tf.concat([tf.tile(prompt, [count, 1, 1, 1]), token], 2) as Tensor4D;
      const whole = kernel.attend({ query: text, key: text, value: text, mask });
      const last = tf.slice(whole, [0, 0, promptLength, 0], [count, 1, 1, 4]);
      expect([...decoded.dataSync()]).toEqual([...last.dataSync()].map((one) => expect.closeTo(one, 5)));
      cache.dispose();
    }
    sealed.dispose();
  });
});

test("a mask for another number of rows is refused", () => {
  tf.tidy(() => {
    const cache = createSealedPrefixCache(entryOf([[0, 1]]));
    expect(refusalOf(cache, [[2]], prefixLm([2, 2])).code).toBe("attention/mask-rows");
    cache.dispose();
  });
});
