/**
 * Sizes of a backend's attention kernel. A plan is cut by them: what a mask hides costs nothing at the grain of one tile.
 */
export interface AttentionGrain {
  /** Most queries of a block: as many as keep its tiles in the fast caches. */
  readonly blockQueries: number;
  /** Queries that a tile of the kernel takes. */
  readonly tileQueries: number;
  /** Keys that a tile of the kernel takes; divides 64. */
  readonly tileKeys: number;
}

/**
 * The keys that each query looks at, lowered from a mask for one length of queries and keys.
 *
 * A matrix (that of a mask's row and head) is cut into blocks of queries, and what a block sees into visits: runs of at
 * most 64 keys. `words` holds three parts, one after the other. First come two words for each matrix and each of its query
 * blocks: the index of the first visit's words, and the number of visits. Then come three words for each visit: the first
 * key, the number of keys, and the index of its bits, or 0 where every query of the block sees all of them. A visit that
 * lists its keys has −1 − the index of the list for the first key. Last come lists and bits: 64 bits for each query of the
 * block, the lowest first, of which one is set for each key that the query sees.
 */
export interface AttentionPlan {
  readonly words: Int32Array;
  readonly blockQueries: number;
  /** 1, or one for each row of the batch. */
  readonly rows: number;
  /** 1, or one for each query head. */
  readonly heads: number;
  /** True if visits list their keys: in blocks of one query, and for the forward pass alone. Default false. */
  readonly listsKeys?: boolean | undefined;
}

/** A run of positions, `start` included and `end` not. */
interface Run {
  readonly start: number;
  readonly end: number;
}

/** A run of keys that a query block looks at. */
export interface AttentionVisit {
  /** The first key. */
  readonly start: number;
  readonly count: number;
  /** Two words for each query of the block, the lower keys first; missing where every query sees all keys. */
  readonly bits?: Int32Array | undefined;
  /** Every key, `[count]`, where they do not stand side by side. */
  readonly keys?: Int32Array | undefined;
}

/** A visit while what its queries see is being told. */
export interface VisitDraft {
  /** Shows a run of keys to a query, counted from the block's first; keys outside the visit are passed over. */
  show(query: number, start: number, end: number): void;
  /** The visit, or none where no query sees a key. */
  finish(): AttentionVisit[];
}

/** Most keys of a visit: one for each bit of a query. */
const VISIT_KEYS = 64;

/** Returns the queries of each block (but for the last): blocks of about the same length, in whole tiles. */
export function blockLength(queries: number, { blockQueries, tileQueries }: AttentionGrain): number {
  const even = Math.ceil(queries / Math.ceil(queries / blockQueries));
  return Math.ceil(even / tileQueries) * tileQueries;
}

/** Cuts keys into the runs of visits: of about the same length, in whole tiles but for the last. */
export function visitRuns({ start, end }: Run, { tileKeys }: AttentionGrain): Run[] {
  const length = end - start;
  const size = Math.ceil(length / Math.ceil(length / VISIT_KEYS) / tileKeys) * tileKeys;
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    start: start + index * size,
    end: Math.min(end, start + (index + 1) * size),
  }));
}

/** Begins a visit of a run of `visitRuns` by a block of so many queries. */
export function draftVisit(keys: Run, queries: number): VisitDraft {
  const count = keys.end - keys.start;
  const bits = new Int32Array(2 * queries);
  let seen = 0;
  return {
    show(query, start, end) {
      const from = Math.max(start, keys.start) - keys.start;
      const to = Math.min(end, keys.end) - keys.start;
      if (from >= to) return;
      seen += to - from;
      bits[2 * query]! |= wordOf(from, Math.min(32, to));
      bits[2 * query + 1]! |= wordOf(from - 32, to - 32);
    },
    finish() {
      if (seen === 0) return [];
      return [{ start: keys.start, count, bits: seen < count * queries ? bits : undefined }];
    },
  };
}

/** A word with bits `from` to `to`. */
function wordOf(from: number, to: number): number {
  const [low, high] = [Math.max(0, from), Math.min(32, to)];
  if (low >= high) return 0;
  return (high - low === 32 ? -1 : (1 << (high - low)) - 1) << low;
}

/** Writes the words of a plan from the visits of each block: of each row, each head, each block of queries. */
export function planWords(blocks: readonly (readonly AttentionVisit[])[]): Int32Array {
  const visits = blocks.flat();
  const more = visits.reduce((sum, { bits, keys }) => sum + (bits?.length ?? 0) + (keys?.length ?? 0), 0);
  const words = new Int32Array(2 * blocks.length + 3 * visits.length + more);
  let [next, nextMore] = [2 * blocks.length, 2 * blocks.length + 3 * visits.length];
  const write = (values: Int32Array): number => {
    const at = nextMore;
    words.set(values, at);
    nextMore += values.length;
    return at;
  };
  blocks.forEach((block, index) => {
    words.set([next, block.length], 2 * index);
    for (const { start, count, bits, keys } of block) {
      words.set([keys ? -1 - write(keys) : start, count, bits ? write(bits) : 0], next);
      next += 3;
    }
  });
  return words;
}
