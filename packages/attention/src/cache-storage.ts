import { assertShapes, ShapeError, UnsupportedError } from "@trivium/core";
import { type Tensor4D, tf, writeSlots } from "@trivium/tensor";
import type { PositionRows } from "./attention-kernel.ts";

/** Keys and values of one layer, with the place of each slot in its text. */
export interface KeyValueEntry {
  /** `[B, G, K, D]`. */
  readonly key: Tensor4D;
  /** `[B, G, K, D]`. */
  readonly value: Tensor4D;
  /** The logical position of each slot: one row for all batch rows, or a row for each. −1 is padding. */
  readonly positions: PositionRows;
}

export interface StorageOptions {
  /**
   * How many empty slots are made ready whenever there are too few: what comes later is written into them, so that not
   * all is copied at each step. Nothing sees them. Default 0: storage is as long as what it holds.
   */
  readonly room?: number;
}

/** What every cache holds. The tensors outlive `tf.tidy` and belong to the cache: only its `dispose` frees them. */
export interface CacheStorage {
  /** `[B, G, K, D]`. */
  readonly key: Tensor4D;
  /** `[B, G, K, D]`. */
  readonly value: Tensor4D;
  /**
   * `[B][K]`: the logical position of each slot, −1 for padding and empty slots: the `keys` of `positioned` from
   * `@trivium/masks`.
   */
  readonly positions: readonly (readonly number[])[];
}

/** Storage to which slots are added. */
export interface GrowingStorage extends CacheStorage {
  /** How many slots at the end are empty. */
  readonly free: number;
  /** See {@link StorageOptions}. */
  readonly room: number;
}

/**
 * A copy of an entry that belongs to a cache. Padding slots are stored as zeros: whatever a model computed there, NaN
 * included, would poison the products with weight 0.
 *
 * @throws {ShapeError} `attention/cache-shapes`, `attention/cache-positions`
 */
export function store({ key, value, positions }: KeyValueEntry): CacheStorage {
  const { B, K } = assertShapes("attention/cache-shapes", {
    key: [key.shape, "B G K D"],
    value: [value.shape, "B G K D"],
  }) as { B: number; K: number };
  const rows = Array.from({ length: B }, (_, row) => [...(positions[positions.length === 1 ? 0 : row] ?? [])]);
  if ((positions.length !== 1 && positions.length !== B) || rows.some((row) => row.length !== K)) {
    throw new ShapeError(
      "attention/cache-positions",
      `positions should be [${B} or 1, ${K}], a number for each slot, got [${positions.length}, ${positions[0]?.length}]`,
      { details: { key: key.shape, positions } },
    );
  }
  const real = Uint8Array.from(rows.flat(), (position) => Number(position >= 0));
  const own = (tensor: Tensor4D): Tensor4D =>
    tf.keep(
      tf.tidy(() =>
        real.includes(0)
          ? tf.where(tf.tensor4d(real, [B, 1, K, 1], "bool"), tensor, tf.zerosLike(tensor))
          : tensor.clone(),
      ),
    );
  return { key: own(key), value: own(value), positions: rows };
}

/** A copy of an entry to which slots will be added. */
export function storeToGrow(entry: KeyValueEntry, { room = 0 }: StorageOptions): GrowingStorage {
  return { ...store(entry), free: 0, room };
}

/**
 * The positions of a storage with those of new slots behind them: in its empty slots, or behind it and followed by
 * fresh empty ones.
 *
 * @param added - `[B][slots]`.
 */
export function positionsWith(
  { positions, free, room }: Pick<GrowingStorage, "positions" | "free" | "room">,
  added: PositionRows,
): number[][] {
  return positions.map((row, b) => {
    const fresh = added[added.length === 1 ? 0 : b] ?? [];
    const empty = fresh.length <= free ? free - fresh.length : room;
    return [...row.slice(0, row.length - free), ...fresh, ...Array.from({ length: empty }, () => -1)];
  });
}

/**
 * The storage with an entry behind what it holds: written into its empty slots, or joined to it where they are too few.
 * Consumes `storage`, leaves the entry to the caller.
 *
 * @throws {ShapeError} `attention/cache-shapes` if the entry has other rows, groups or widths,
 *   `attention/cache-positions` if a position does not lie behind those of its row.
 */
export function extendStorage(storage: GrowingStorage, entry: KeyValueEntry): GrowingStorage {
  assertLive(storage);
  assertShapes("attention/cache-shapes", {
    cache: [storage.key.shape, "B G _ D"],
    key: [entry.key.shape, "B G K D"],
    value: [entry.value.shape, "B G K D"],
  });
  const added = store(entry);
  try {
    assertBehind(storage.positions, added.positions);
    const slots = added.key.shape[2];
    const fits = slots <= storage.free;
    const positions = positionsWith(storage, added.positions);
    const key = fits ? write(storage, storage.key, added.key) : grow(storage, storage.key, added.key);
    const value = fits ? write(storage, storage.value, added.value) : grow(storage, storage.value, added.value);
    return { key, value, positions, room: storage.room, free: fits ? storage.free - slots : storage.room };
  } finally {
    disposeStorage(added);
  }
}

const write = ({ free }: GrowingStorage, into: Tensor4D, slots: Tensor4D): Tensor4D =>
  tf.keep(writeSlots(into, slots, into.shape[2] - free));

/** Pitfall 4: empty slots are zeros, so that whatever memory held cannot poison the products with weight 0. */
function grow({ free, room }: GrowingStorage, held: Tensor4D, slots: Tensor4D): Tensor4D {
  const [B, G, K, D] = held.shape;
  const grown = tf.tidy(() => {
    const used = free === 0 ? held : tf.slice(held, [0, 0, 0, 0], [B, G, K - free, D]);
    const parts = room === 0 ? [used, slots] : [used, slots, tf.zeros<tf.Rank.R4>([B, G, room, D])];
    return tf.keep(tf.concat(parts, 2));
  });
  held.dispose();
  return grown;
}

/** The given rows, in that order, each as often as it is named: a new storage. */
export function pickRows<Storage extends CacheStorage>(storage: Storage, rows: readonly number[]): Storage {
  assertLive(storage);
  const count = storage.positions.length;
  const wrong = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < count));
  if (wrong !== undefined || rows.length === 0) {
    throw new ShapeError("attention/cache-rows", `rows should be some of 0 … ${count - 1}, got [${rows.join(", ")}]`, {
      details: { rows: [...rows], count },
    });
  }
  const pick = (tensor: Tensor4D): Tensor4D =>
    tf.keep(tf.tidy(() => tf.gather(tensor, tf.tensor1d([...rows], "int32"))));
  const positions = rows.map((row) => storage.positions[row]!);
  return { ...storage, key: pick(storage.key), value: pick(storage.value), positions };
}

/** `count` copies of each row side by side: `0 0 1 1` for two rows and a count of 2. */
export function repeatedRows({ positions }: CacheStorage, count: number): number[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new ShapeError("attention/cache-rows", `fork(count) needs a positive integer, got ${count}`);
  }
  return positions.flatMap((_, row) => Array.from({ length: count }, () => row));
}

export function disposeStorage({ key, value }: CacheStorage): void {
  key.dispose();
  value.dispose();
}

function assertLive({ key }: CacheStorage): void {
  if (!key.isDisposed) return;
  throw new UnsupportedError(
    "attention/cache-consumed",
    "this cache was consumed or disposed; go on with the one that append, extend or reorder returned",
  );
}

function assertBehind(before: CacheStorage["positions"], added: CacheStorage["positions"]): void {
  before.forEach((row, b) => {
    let last = Math.max(-1, ...row);
    for (const position of added[b] ?? []) {
      if (position < 0) continue;
      if (position <= last) {
        throw new ShapeError(
          "attention/cache-positions",
          `row ${b}: positions only go up, but position ${position} would follow ${last}`,
          { details: { row: b, position, last } },
        );
      }
      last = position;
    }
  });
}
