import { UnsupportedError } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { assertMaskFits } from "./attention-shape.ts";
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

/** New slots, and the mask under which they are computed. */
export interface SealedPrefixExtension extends KeyValueEntry {
  /** The mask of the whole text over logical positions: what `positioned` takes as `inner`. */
  readonly mask: Mask;
}

/**
 * The keys and values of a prefix that one bidirectional pass saw whole, and of what follows it causally. A value:
 * `extend` and `reorder` consume the cache and return the next one.
 */
export interface SealedPrefixCache extends GrowingStorage {
  /** How many real positions of each row the prefix holds. */
  readonly sealedLengths: readonly number[];
  /**
   * The cache with these slots behind the others, if no slot that it holds should have seen them. Consumes this cache
   * unless it throws; the entry stays the caller's.
   *
   * @throws {UnsupportedError} `attention/sealed-prefix` if the mask shows a stored position one of the new ones: a
   *   prefix that grows (a chat turn, a prompt fed in chunks) changes the keys and values of all of it.
   * @throws {ShapeError} `attention/mask-rows`, `attention/cache-shapes`, `attention/cache-positions`
   */
  extend(extension: SealedPrefixExtension): SealedPrefixCache;
  /**
   * The cache of these rows, in that order. Consumes this cache.
   *
   * @throws {ShapeError} `attention/cache-rows`
   */
  reorder(rows: readonly number[]): SealedPrefixCache;
  /** A second cache with each row `count` times, side by side: one prompt, several completions. This one stays. */
  fork(count: number): SealedPrefixCache;
  /** Frees the tensors. May be called twice. */
  dispose(): void;
}

/**
 * Seals the keys and values of a prefix.
 *
 * In a bidirectional prefix every position depends on every other, so they are right only if all were there at once.
 * From then on the prefix may be read, shared and continued causally, and nothing can join it.
 *
 * ```
 * or(prefix(3), causal())          or(prefix(5), causal())
 * ███··   sealed                   █████   sealed position 0
 * ███··                            █████   would see the new 3:
 * ███··                            █████   refused
 * ████·   extend: no row above     █████
 * █████   sees the new columns     █████
 * ```
 * @param entry - from one pass over the whole prefix; copied, stays the caller's.
 * @param options.room - empty slots to have ready for what extends it; their positions are −1. Default 0.
 * @throws {ShapeError} `attention/cache-shapes`, `attention/cache-positions`
 * @source why: PaliGemma's generated tokens joined its prefix, https://github.com/huggingface/transformers/issues/31425
 * @example createSealedPrefixCache({ key, value, positions: [[0, 1, 2]] }).fork(4).key.shape[0] // => 4
 */
export function createSealedPrefixCache(entry: KeyValueEntry, options: StorageOptions = {}): SealedPrefixCache {
  const storage = storeToGrow(entry, options);
  return cacheOf(
    storage,
    storage.positions.map((row) => row.filter((position) => position >= 0).length),
  );
}

function cacheOf(storage: GrowingStorage, sealedLengths: readonly number[]): SealedPrefixCache {
  const lengthsOf = (rows: readonly number[]): number[] => rows.map((row) => sealedLengths[row]!);
  return {
    ...storage,
    sealedLengths,
    extend({ mask, ...entry }) {
      assertCausalContinuation(storage, entry, mask, sealedLengths);
      return cacheOf(extendStorage(storage, entry), sealedLengths);
    },
    reorder(rows) {
      const picked = cacheOf(pickRows(storage, rows), lengthsOf(rows));
      disposeStorage(storage);
      return picked;
    },
    fork(count) {
      const rows = repeatedRows(storage, count);
      return cacheOf(pickRows(storage, rows), lengthsOf(rows));
    },
    dispose: () => disposeStorage(storage),
  };
}

function assertCausalContinuation(
  { positions }: GrowingStorage,
  entry: KeyValueEntry,
  mask: Mask,
  sealedLengths: readonly number[],
): void {
  const heads = mask.heads ?? 1;
  assertMaskFits(mask, { B: positions.length, H: heads });
  positions.forEach((stored, row) => {
    const added = entry.positions[entry.positions.length === 1 ? 0 : row] ?? [];
    for (let head = 0; head < heads; head++) {
      const pair = firstVisible(mask, row, head, stored, added);
      if (pair === null) continue;
      throw new UnsupportedError(
        "attention/sealed-prefix",
        `row ${row}: the mask shows position ${pair.query}, which is stored, the new position ${pair.key}; its keys and ` +
          `values were computed without it. Continue with a mask whose prefix ends at ${sealedLengths[row]}, or run the ` +
          "longer prefix whole",
        { details: { row, head, ...pair, sealedLength: sealedLengths[row] } },
      );
    }
  });
}

function firstVisible(
  mask: Mask,
  row: number,
  head: number,
  queries: readonly number[],
  keys: readonly number[],
): { query: number; key: number } | null {
  const realQueries = queries.filter((position) => position >= 0);
  const realKeys = keys.filter((position) => position >= 0);
  if (realQueries.length === 0 || realKeys.length === 0) return null;
  if (mask.classify(row, head, hull(realQueries), hull(realKeys)) === "none") return null;
  for (const query of realQueries) {
    for (const key of realKeys) if (mask.visible(row, head, query, key)) return { query, key };
  }
  return null;
}

const hull = (positions: readonly number[]) => ({ start: Math.min(...positions), end: Math.max(...positions) + 1 });
