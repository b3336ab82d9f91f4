import { greatest } from "./logits.ts";
import type { Search, Strategy } from "./strategy.ts";

/**
 * The most probable token at each step; of equals the one with the lower id.
 *
 * @example generate({ model, parameters, objective, special, examples, maximumTokens: 20, strategy: greedy() })
 */
export function greedy(): Strategy {
  return { name: "greedy", rows: 1, start: ({ ends }) => choosing(ends, greatest) };
}

/** A search with one row, whose tokens are chosen one after the other. */
export function choosing(ends: readonly number[], choose: (logits: Float32Array) => number): Search {
  return {
    rows: 1,
    advance([logits]) {
      const id = choose(logits as Float32Array);
      return { parents: Int32Array.of(0), ids: Int32Array.of(id), finished: [ends.includes(id)] };
    },
  };
}
