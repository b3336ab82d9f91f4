import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { causal, full, positioned } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { KeyValueEntry } from "./cache-storage.ts";
import { createCrossAttentionCache } from "./cross-attention-cache.ts";
import { createKeyValueCache } from "./key-value-cache.ts";
import { reference } from "./reference.ts";
import { createSealedPrefixCache } from "./sealed-prefix-cache.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const creators = { createKeyValueCache, createCrossAttentionCache, createSealedPrefixCache };

/** Keys that count up, values that count down: `[rows, 1, positions, 2]`. */
function entryOf(positions: readonly (readonly number[])[], from = 0): KeyValueEntry {
  const [rows, length] = [positions.length, positions[0]!.length];
  const values = Array.from({ length: rows * length * 2 }, (_, at) => from + at + 1);
  const shape: [number, number, number, number] = [rows, 1, length, 2];
  return {
    key: tf.tensor4d(values, shape),
    value: tf.tensor4d(
      values.map((one) => -one),
      shape,
    ),
    positions,
  };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return TriviumError.is(error) ? error.code : String(error);
  }
  return "nothing thrown";
}

test.each(Object.entries(creators))(
  "pitfall 4: %s stores padding as zeros, so NaN there cannot poison weight 0",
  (_, create) => {
    tf.tidy(() => {
      const key = tf.tensor4d([Number.NaN, 1, 2], [1, 1, 3, 1]);
      const positions = [[-1, 0, 1]];
      const cache = create({ key, value: key, positions });
      expect([...cache.key.dataSync(), ...cache.value.dataSync()]).toEqual([0, 1, 2, 0, 1, 2]);
      const mask = positioned(full(), { queries: [[1]], keys: cache.positions });
      const query = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
      expect(reference().attend({ query, key: cache.key, value: cache.value, mask }).dataSync()[0]).toBeCloseTo(
        1.731,
        3,
      );
      cache.dispose();
    });
  },
);

test.each(Object.entries(creators))(
  "%s outlives the scope that made it, and dispose frees everything, twice over",
  (_, create) => {
    const before = tf.memory().numTensors;
    const made: ReturnType<typeof create>[] = [];
    tf.tidy(() => {
      made.push(
        create(
          entryOf([
            [0, 1],
            [0, 1],
          ]),
        ),
      );
    });
    expect(tf.memory().numTensors).toBe(before + 2);
    const [cache] = made;
    expect([...cache!.key.dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    cache!.dispose();
    cache!.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

test.each(Object.entries(creators))(
  "%s: reorder moves whole rows and consumes, fork repeats rows and does not",
  (_, create) => {
    tf.tidy(() => {
      const cache = create(
        entryOf([
          [0, 1],
          [-1, 0],
        ]),
      );
      const forked = cache.fork(2);
      expect(forked.positions).toEqual([
        [0, 1],
        [0, 1],
        [-1, 0],
        [-1, 0],
      ]);
      expect([...forked.key.dataSync()]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 0, 0, 7, 8, 0, 0, 7, 8]);
      const swapped = cache.reorder([1, 1, 0]);
      expect(swapped.positions).toEqual([
        [-1, 0],
        [-1, 0],
        [0, 1],
      ]);
      expect([...swapped.value.dataSync()].map((value) => Math.abs(value))).toEqual([
        0, 0, 7, 8, 0, 0, 7, 8, 1, 2, 3, 4,
      ]);
      expect(codeOf(() => cache.reorder([0]))).toBe("attention/cache-consumed");
      expect(codeOf(() => swapped.reorder([3]))).toBe("attention/cache-rows");
      expect(codeOf(() => swapped.fork(0))).toBe("attention/cache-rows");
      expect(codeOf(() => forked.reorder([]))).toBe("attention/cache-rows");
      forked.dispose();
      swapped.dispose();
    });
  },
);

test.each(Object.entries(creators))(
  "%s: one row of positions speaks for all rows; other numbers of rows or slots are refused",
  (_, create) => {
    tf.tidy(() => {
      const { key, value } = entryOf([
        [0, 1],
        [0, 1],
      ]);
      const cache = create({ key, value, positions: [[4, 5]] });
      expect(cache.positions).toEqual([
        [4, 5],
        [4, 5],
      ]);
      cache.dispose();
      expect(
        codeOf(() =>
          create({
            key,
            value,
            positions: [
              [0, 1],
              [0, 1],
              [0, 1],
            ],
          }),
        ),
      ).toBe("attention/cache-positions");
      expect(codeOf(() => create({ key, value, positions: [[0, 1, 2]] }))).toBe("attention/cache-positions");
      const short = tf.zeros<tf.Rank.R4>([2, 1, 1, 2]);
      expect(codeOf(() => create({ key, value: short, positions: [[0, 1]] }))).toBe("attention/cache-shapes");
    });
  },
);

test("append puts slots behind, consumes the old cache and leaves the entry alone", () => {
  const before = tf.memory().numTensors;
  const [prompt, next] = [
    entryOf([
      [-1, 0],
      [0, 1],
    ]),
    entryOf([[1], [2]], 100),
  ];
  const cache = createKeyValueCache(prompt);
  const longer = cache.append(next);
  expect(longer.positions).toEqual([
    [-1, 0, 1],
    [0, 1, 2],
  ]);
  expect(longer.key.shape).toEqual([2, 1, 3, 2]);
  expect([...longer.key.dataSync()]).toEqual([0, 0, 3, 4, 101, 102, 5, 6, 7, 8, 103, 104]);
  expect(codeOf(() => cache.append(next))).toBe("attention/cache-consumed");
  expect(next.key.isDisposed).toBe(false);
  longer.dispose();
  tf.dispose([prompt.key, prompt.value, next.key, next.value]);
  expect(tf.memory().numTensors).toBe(before);
});

test("positions only go up: a slot that would stand before or on another is refused, and the cache stays usable", () => {
  tf.tidy(() => {
    const cache = createKeyValueCache(entryOf([[0, 1, 2]]));
    const before = tf.memory().numTensors;
    for (const position of [0, 2]) {
      const entry = entryOf([[position]]);
      expect(codeOf(() => cache.append(entry))).toBe("attention/cache-positions");
      tf.dispose([entry.key, entry.value]);
    }
    expect(tf.memory().numTensors).toBe(before);
    const wide = { ...entryOf([[3]]), key: tf.zeros<tf.Rank.R4>([1, 1, 1, 3]) };
    expect(codeOf(() => cache.append(wide))).toBe("attention/cache-shapes");
    expect(codeOf(() => cache.append(entryOf([[3], [3]])))).toBe("attention/cache-shapes");
    cache.append(entryOf([[3]])).dispose();
  });
});

test("pitfall 28: a cross-attention cache has no way to grow and keeps its full length when beams move", () => {
  tf.tidy(() => {
    const cache = createCrossAttentionCache(
      entryOf([
        [0, 1, 2, 3],
        [0, 1, 2, -1],
      ]),
    );
    expect(Object.keys(cache).sort()).toEqual(["dispose", "fork", "key", "positions", "reorder", "value"]);
    const beams = cache.fork(2).reorder([3, 1, 0, 2]);
    expect(beams.key.shape).toEqual([4, 1, 4, 2]);
    expect(beams.positions).toEqual([
      [0, 1, 2, -1],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, -1],
    ]);
    // A window of the decoder's self-attention would hide key 0 from a late query; cross-attention has no such mask.
    const mask = positioned(full(), { queries: [9], keys: beams.positions });
    expect([0, 1, 2, 3].map((k) => mask.visible(1, 0, 0, k))).toEqual([true, true, true, true]);
    cache.dispose();
    beams.dispose();
  });
});

test("cached decoding equals attention over the whole text, with rows padded left and decoded one by one", () => {
  tf.tidy(() => {
    const length = 6;
    const [query, key, value] = [1, 2, 3].map((seed) =>
      tf.randomNormal<tf.Rank.R4>([2, 2, length, 3], 0, 1, "float32", seed),
    );
    const positions = [
      [-1, -1, 0, 1, 2, 3],
      [0, 1, 2, 3, 4, 5],
    ];
    const part = (tensor: Tensor4D, start: number, size: number): Tensor4D =>
      tf.slice(tensor, [0, 0, start, 0], [2, 2, size, 3]);
    const positionsOf = (start: number, size: number) => positions.map((row) => row.slice(start, start + size));
    const entry = (start: number, size: number): KeyValueEntry => ({
      key: part(key!, start, size),
      value: part(value!, start, size),
      positions: positionsOf(start, size),
    });
    const whole = reference().attend({
      query: query!,
      key: key!,
      value: value!,
      mask: positioned(causal(), { queries: positions, keys: positions }),
    });
    let cache = createKeyValueCache(entry(0, 3));
    for (let step = 3; step < length; step++) {
      cache = cache.append(entry(step, 1));
      const mask = positioned(causal(), { queries: positionsOf(step, 1), keys: cache.positions });
      const { key, value } = cache;
      const decoded = reference().attend({ query: part(query!, step, 1), key, value, mask });
      const expected = [...part(whole, step, 1).dataSync()].map((one) => expect.closeTo(one, 5));
      expect([...decoded.dataSync()]).toEqual(expected);
    }
    cache.dispose();
  });
});

describe.each([
  ["key/value cache", (entry: KeyValueEntry, room: number) => createKeyValueCache(entry, { room })],
  ["sealed prefix cache", (entry: KeyValueEntry, room: number) => createSealedPrefixCache(entry, { room })],
] as const)("a %s with room", (_, create) => {
  type Growing = ReturnType<typeof create>;
  const append = (cache: Growing, entry: KeyValueEntry): Growing =>
    "append" in cache ? cache.append(entry) : cache.extend({ ...entry, mask: causal() });
  /** What stands in the slots of each row that hold something, in order. */
  const heldBy = (cache: Growing) =>
    cache.positions.map((row, b) =>
      row.flatMap((position, slot) => (position < 0 ? [] : [[position, ...cache.key.arraySync()[b]![0]![slot]!]])),
    );

  test("holds what one without room holds, step by step, and its empty slots are zeros", () => {
    tf.tidy(() => {
      const first = () =>
        entryOf([
          [0, 1],
          [-1, 0],
        ]);
      let [tight, roomy] = [create(first(), 0), create(first(), 3)];
      for (let step = 0; step < 9; step++) {
        // The second row rests at step 4.
        const positions = [[step + 2], [step === 4 ? -1 : step + 1]];
        const entry = entryOf(positions, 100 * (step + 1));
        [tight, roomy] = [append(tight, entry), append(roomy, entry)];
        expect(heldBy(roomy)).toEqual(heldBy(tight));
        expect(roomy.key.shape[2]).toBe(2 + 4 * (1 + Math.floor(step / 4)));
        expect(roomy.positions[0]).toHaveLength(roomy.key.shape[2]);
        for (const tensor of [roomy.key, roomy.value]) {
          const empty = tensor.arraySync().flatMap(([group]) => group!.slice(group!.length - roomy.free).flat());
          expect(empty).toEqual(empty.map(() => 0));
        }
      }
      tight.dispose();
      roomy.dispose();
    });
  });

  test("several slots that do not fit grow it, and rows move with their room", () => {
    tf.tidy(() => {
      const cache = append(create(entryOf([[0], [0]]), 2), entryOf([[1], [1]], 10));
      expect([cache.free, cache.positions]).toEqual([
        2,
        [
          [0, 1, -1, -1],
          [0, 1, -1, -1],
        ],
      ]);
      const moved = append(cache.reorder([1]), entryOf([[2]], 20));
      expect([moved.free, moved.positions]).toEqual([1, [[0, 1, 2, -1]]]);
      const grown = append(moved, entryOf([[3, 4]], 30));
      expect([grown.free, grown.positions]).toEqual([2, [[0, 1, 2, 3, 4, -1, -1]]]);
      expect(heldBy(grown)[0]!.map(([position]) => position)).toEqual([0, 1, 2, 3, 4]);
      expect(codeOf(() => append(grown, entryOf([[4]])))).toMatch(/cache-positions|sealed-prefix/);
      grown.dispose();
    });
  });
});
