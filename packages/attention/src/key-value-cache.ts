import {
  disposeStorage,
  extendStorage,
  type GrowingStorage,
  type KeyValueEntry,
  pickRows,
  repeatedRows,
  type StorageOptions,
  storeToGrow,
} from "./cache-storage.ts";

/**
 * The keys and values that one layer has computed so far. A value: `append` and `reorder` consume the cache and return
 * the next one, so that there is always exactly one owner.
 */
export interface KeyValueCache extends GrowingStorage {
  /**
   * The cache with these slots behind the others. Consumes this cache; the entry stays the caller's.
   *
   * @throws {ShapeError} `attention/cache-shapes`, `attention/cache-positions`
   * @throws {UnsupportedError} `attention/cache-consumed` if this cache was used up before.
   */
  append(entry: KeyValueEntry): KeyValueCache;
  /**
   * The cache of these rows, in that order, a row as often as it is named: what beam search does after each step.
   * Consumes this cache.
   *
   * @throws {ShapeError} `attention/cache-rows`
   */
  reorder(rows: readonly number[]): KeyValueCache;
  /** A second cache with each row `count` times, side by side. This one stays. */
  fork(count: number): KeyValueCache;
  /** Frees the tensors. May be called twice. */
  dispose(): void;
}

/**
 * A cache of the keys and values of a causal stack, begun with those of the prompt.
 *
 * ```
 * prompt, 2 rows, padded left       append
 * positions  -1  0  1               -1  0  1 | 2
 *             0  1  2                0  1  2 | 3
 * ```
 * @param entry - copied; stays the caller's.
 * @param options.room - empty slots to have ready for what is appended; their positions are −1. Default 0.
 * @throws {ShapeError} `attention/cache-shapes`, `attention/cache-positions`
 * @example createKeyValueCache({ key, value, positions: [[0, 1, 2]] }).append(next).positions // => [[0, 1, 2, 3]]
 */
export function createKeyValueCache(entry: KeyValueEntry, options: StorageOptions = {}): KeyValueCache {
  return cacheOf(storeToGrow(entry, options));
}

function cacheOf(storage: GrowingStorage): KeyValueCache {
  return {
    ...storage,
    append: (entry) => cacheOf(extendStorage(storage, entry)),
    reorder(rows) {
      const picked = cacheOf(pickRows(storage, rows));
      disposeStorage(storage);
      return picked;
    },
    fork: (count) => cacheOf(pickRows(storage, repeatedRows(storage, count))),
    dispose: () => disposeStorage(storage),
  };
}
