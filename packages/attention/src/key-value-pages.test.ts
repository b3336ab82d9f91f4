import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { type Tensor2D, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { joinRows, KeyValuePages, type PageRows } from "./key-value-pages.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const LAYERS = 2;
const { size: PAGE } = new KeyValuePages(1).pages;

/** Rows of a storage, and what each of their positions should hold. */
interface Held {
  readonly rows: PageRows;
  readonly values: readonly (readonly number[])[];
}

let next = 1;

/** Appends positions that hold numbers of their own. */
function append(storage: KeyValuePages, { rows, values }: Held, counts: readonly number[]): Held {
  const fresh = counts.map((count) => Array.from({ length: count }, () => next++));
  const extended = storage.extend(rows, counts);
  const flat = fresh.flat();
  for (let layer = 0; layer < LAYERS && flat.length > 0; layer++) {
    tf.tidy(() => {
      const key = tf.tensor2d(
        flat.map((value) => value + layer),
        [flat.length, 1],
      ) as Tensor2D;
      storage.write(layer, { key, value: tf.neg(key) }, extended.runs);
    });
  }
  return { rows: extended.rows, values: values.map((row, at) => [...row, ...fresh[at]!]) };
}

function expectHeld(storage: KeyValuePages, { rows, values }: Held): void {
  expect([...rows.lengths]).toEqual(values.map(({ length }) => length));
  for (let layer = 0; layer < LAYERS; layer++) {
    const [keys, vals] = tf.tidy(() => {
      const { key, value } = storage.read(layer);
      return [key.dataSync().slice(), value.dataSync().slice()];
    });
    for (const [row, expected] of values.entries()) {
      const slots = [...rows.slots[row]!];
      expect(slots.map((slot) => keys![slot])).toEqual(expected.map((value) => value + layer));
      expect(slots.map((slot) => vals![slot])).toEqual(expected.map((value) => -value - layer));
      const positions = storage.slotPositions();
      expect(slots.map((slot) => positions[slot])).toEqual(expected.map((_, position) => position));
    }
  }
}

const begin = (storage: KeyValuePages, counts: readonly number[]): Held =>
  append(storage, { rows: storage.emptyRows(counts.length), values: counts.map(() => []) }, counts);

const share = (storage: KeyValuePages, { rows, values }: Held, of: readonly number[]): Held => ({
  rows: storage.share(rows, of),
  values: of.map((row) => values[row]!),
});

test("rows that are appended to, selected, forked and joined hold what each was given, and every page comes back", () => {
  const before = tf.memory().numTensors;
  const step = fc.tuple(
    fc.constantFrom("append", "select", "fork", "join"),
    fc.array(fc.nat(50), { minLength: 8, maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 7 }), (steps) => {
      const storage = new KeyValuePages(LAYERS);
      let held = begin(storage, [PAGE - 1, 3]);
      for (const [kind, numbers] of steps) {
        const count = held.values.length;
        if (kind === "append")
          held = append(
            storage,
            held,
            held.values.map((_, row) => numbers[row % 8]!),
          );
        else if (kind === "join" && count < 6) {
          const other = begin(storage, [1 + numbers[0]!]);
          held = { rows: joinRows(held.rows, other.rows), values: [...held.values, ...other.values] };
        } else if (count < 6) {
          const rows = numbers.slice(0, 1 + (numbers[0]! % 4)).map((number) => number % count);
          const forked = share(storage, held, rows);
          // The other branch goes on for a step first, where both have the same last page.
          const other =
            kind === "fork"
              ? append(
                  storage,
                  held,
                  held.values.map(() => 1),
                )
              : held;
          if (kind === "fork") expectHeld(storage, other);
          storage.release(other.rows);
          held = forked;
        }
        expectHeld(storage, held);
      }
      storage.release(held.rows);
      expect(storage.pages.free).toBe(storage.pages.total);
      storage.dispose();
    }),
    { seed: 5, numRuns: 25 },
  );
  expect(tf.memory().numTensors).toBe(before);
});

test("rows that part within a page copy nothing: each goes on in slots of its own, and in a page from the next one on", () => {
  const storage = new KeyValuePages(LAYERS);
  const began = begin(storage, [PAGE - 3, PAGE - 3]);
  // Pages for what follows, so that the storage need not grow.
  storage.release(begin(storage, [8 * PAGE]).rows);
  const copied = storage.bytesCopied;
  let held = share(storage, began, [0, 0, 0, 1]);
  storage.release(began.rows);
  for (let step = 0; step < 4; step++) {
    held = append(storage, held, [1, 1, 1, 1]);
    const parted = share(storage, held, [1, 1, 2, 3]);
    storage.release(held.rows);
    held = parted;
    expectHeld(storage, held);
  }
  expect(storage.bytesCopied).toBe(copied);
  const [first, second] = held.rows.slots as [Int32Array, Int32Array];
  expect(first.subarray(0, PAGE - 3)).toEqual(second.subarray(0, PAGE - 3));
  storage.dispose();
});

test("rows that part at every step take no more than a slot for each new position, and pages at their beginnings", () => {
  const storage = new KeyValuePages(LAYERS);
  let held = begin(storage, [PAGE]);
  const wide = share(storage, held, [0, 0, 0, 0]);
  storage.release(held.rows);
  held = wide;
  for (let step = 0; step < 4 * PAGE; step++) {
    held = append(storage, held, [1, 1, 1, 1]);
    const parted = share(storage, held, [0, 0, 1, 2]);
    storage.release(held.rows);
    held = parted;
  }
  const { free, total } = storage.pages;
  const slots = new Set(held.rows.slots.flatMap((row) => [...row]));
  // Pages that a beginning took stay with the one row of it that lives on.
  expect(total - free).toBeLessThanOrEqual(Math.ceil(slots.size / PAGE) + 4 * 5);
  storage.release(held.rows);
  expect(storage.pages.free).toBe(storage.pages.total);
  storage.dispose();
});

test("a row of its own grows without copies but for the growth of the pool, each a share of what there is", () => {
  const storage = new KeyValuePages(LAYERS);
  let held = begin(storage, [4 * PAGE]);
  let grown = 0;
  for (let position = 0; position < 6 * PAGE; position++) {
    const before = storage.bytesCopied;
    held = append(storage, held, [1]);
    if (storage.bytesCopied > before) grown += 1;
  }
  expect(grown).toBeLessThanOrEqual(3);
  expectHeld(storage, held);
  storage.dispose();
});

test("pitfall 4: fresh slots are zeros, so NaN in memory cannot poison weight 0", () => {
  const storage = new KeyValuePages(1);
  const { rows, runs } = storage.extend(storage.emptyRows(1), [1]);
  const one = tf.ones([1, 1]) as Tensor2D;
  storage.write(0, { key: one, value: one }, runs);
  storage.extend(rows, [PAGE]);
  const { key } = storage.read(0);
  expect([...key.dataSync()]).toEqual([1, ...Array.from({ length: 2 * PAGE - 1 }, () => 0)]);
  tf.dispose([key, one]);
  storage.dispose();
});

test("a layer that there is not, and keys of another width, are refused", () => {
  const storage = new KeyValuePages(1);
  const { runs } = storage.extend(storage.emptyRows(1), [1]);
  const of = (width: number) => ({ key: tf.ones([1, width]) as Tensor2D, value: tf.ones([1, width]) as Tensor2D });
  const codeOf = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      return TriviumError.is(error) ? error.code : error;
    }
  };
  storage.write(0, of(2), runs);
  expect(codeOf(() => storage.write(1, of(2), runs))).toBe("attention/page-layer");
  expect(codeOf(() => storage.write(0, of(3), runs))).toBe("tensor/slots");
  storage.dispose();
});
