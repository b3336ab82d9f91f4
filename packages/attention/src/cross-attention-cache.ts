import {
  type CacheStorage,
  disposeStorage,
  type KeyValueEntry,
  pickRows,
  repeatedRows,
  store,
} from "./cache-storage.ts";

/**
 * The keys and values that one layer of a decoder computed from the encoder's states: once, at full length. It has no
 * way to grow, and every step sees all of it: a window of the self-attention does not apply here.
 */
export interface CrossAttentionCache extends CacheStorage {
  /**
   * The cache of these rows, in that order: has to follow the beams, or they read each other's source. Consumes this
   * cache.
   *
   * @throws {ShapeError} `attention/cache-rows`
   * @throws {UnsupportedError} `attention/cache-consumed`
   */
  reorder(rows: readonly number[]): CrossAttentionCache;
  /** A second cache with each row `count` times, side by side. This one stays. */
  fork(count: number): CrossAttentionCache;
  /** Frees the tensors. May be called twice. */
  dispose(): void;
}

/**
 * A cache for cross-attention.
 *
 * @param entry - keys and values of the whole source; copied, stays the caller's.
 * @throws {ShapeError} `attention/cache-shapes`, `attention/cache-positions`
 * @example createCrossAttentionCache({ key, value, positions: [[0, 1, 2]] }).reorder([0, 0]).key.shape[0] // => 2
 */
export function createCrossAttentionCache(entry: KeyValueEntry): CrossAttentionCache {
  return cacheOf(store(entry));
}

function cacheOf(storage: CacheStorage): CrossAttentionCache {
  return {
    ...storage,
    reorder(rows) {
      const picked = cacheOf(pickRows(storage, rows));
      disposeStorage(storage);
      return picked;
    },
    fork: (count) => cacheOf(pickRows(storage, repeatedRows(storage, count))),
    dispose: () => disposeStorage(storage),
  };
}
