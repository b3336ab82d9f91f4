import { forEachVisibleRectangle } from "../lowerings/visible-rectangles.ts";
import type { Mask } from "../mask.ts";

/** The keys that each query sees in any head of one batch row, 32 keys to a word. */
export interface Relation {
  readonly keys: number;
  readonly wordsPerQuery: number;
  readonly words: Int32Array;
}

/** For each position the hops from a start to it (−1: never reached), and the position before the last hop. */
export interface Trace {
  readonly hops: Int32Array;
  readonly from: Int32Array;
}

/** The visible pairs of a mask in row `b`, joined over its heads. */
export function relationOf(mask: Mask, b: number, queries: number, keys: number): Relation {
  const wordsPerQuery = Math.ceil(keys / 32);
  const words = new Int32Array(queries * wordsPerQuery);
  const block = { queries: { start: 0, end: queries }, keys: { start: 0, end: keys } };
  for (let h = 0; h < (mask.heads ?? 1); h++) {
    forEachVisibleRectangle(mask, b, h, block, (q, k) => {
      for (let query = q.start; query < q.end; query++) {
        for (let key = k.start; key < k.end; key++) {
          const at = query * wordsPerQuery + (key >>> 5);
          words[at] = (words[at] as number) | (1 << (key & 31));
        }
      }
    });
  }
  return { keys, wordsPerQuery, words };
}

/**
 * Everything that the states at `starts` depend on after `hops` applications of a self-attention layer, by the fewest
 * hops. The residual stream keeps what a state already holds, so the starts are reached in 0.
 */
export function trace(relation: Relation, starts: readonly number[], hops: number): Trace {
  const found: Trace = { hops: new Int32Array(relation.keys).fill(-1), from: new Int32Array(relation.keys).fill(-1) };
  const reached = new Int32Array(relation.wordsPerQuery);
  for (const start of starts) {
    found.hops[start] = 0;
    reached[start >>> 5] = (reached[start >>> 5] as number) | (1 << (start & 31));
  }
  let edge = [...starts];
  for (let hop = 1; hop <= hops && edge.length > 0; hop++) {
    const next: number[] = [];
    for (const query of edge) {
      forEachNewKey(relation, query, reached, (key) => {
        found.hops[key] = hop;
        found.from[key] = query;
        next.push(key);
      });
    }
    edge = next;
  }
  return found;
}

/** Calls `visit` with each key that `query` sees and `reached` does not hold yet, and adds them to it. */
export function forEachNewKey(
  relation: Relation,
  query: number,
  reached: Int32Array,
  visit: (key: number) => void,
): void {
  for (let word = 0; word < relation.wordsPerQuery; word++) {
    let bits = (relation.words[query * relation.wordsPerQuery + word] as number) & ~(reached[word] as number);
    reached[word] = (reached[word] as number) | bits;
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits);
      visit(word * 32 + bit);
      bits &= bits - 1;
    }
  }
}

/** The positions from a start to `position`, the start first. */
export function pathTo({ from }: Trace, position: number): number[] {
  const path = [position];
  for (let at = from[position] as number; at >= 0; at = from[at] as number) path.unshift(at);
  return path;
}
