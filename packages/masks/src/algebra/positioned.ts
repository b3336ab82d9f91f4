import { ShapeError } from "@trivium/core";
import type { MaskParts } from "../create-mask.ts";
import type { Mask, PerPosition, Range } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { commonRows, readPerPosition } from "../per-row.ts";

export interface PositionedOptions {
  /** The logical position of each physical query; −1 is padding. */
  readonly queries: PerPosition;
  /** The logical position of each physical key; −1 is padding or an empty cache slot. */
  readonly keys: PerPosition;
}

export const positionedMask = mask("positioned", positionedParts, {
  description: "A mask on logical positions, for padding on the left and caches.",
  parameters: ["queries", "keys"],
  children: 1,
  text: "lists",
});

/**
 * Any mask, on logical positions: `queries[q] ≥ 0`, `keys[k] ≥ 0` and `inner` shows that pair. Serves padding on the
 * left and decoding with a cache, where the place of a token in memory is not its place in the text.
 *
 * ```
 * positioned(causal(), { queries: [[-1, 0, 1]], keys: [[-1, 0, 1]] })
 * ···
 * ·█·
 * ·██
 * ```
 * @throws {ConfigError} `masks/positions` if a position is not an integer ≥ −1.
 * @throws {ShapeError} `masks/positions` if rows differ in length or number, or `inner` has other rows.
 * @example positioned(causal(), { queries: [7], keys: [0, 1, 2, 3, 4, 5, 6, 7] }).visible(0, 0, 0, 7) // => true
 */
export const positioned = (inner: Mask, options: PositionedOptions): Mask => positionedMask.create(options, [inner]);

function positionedParts({ queries, keys }: PositionedOptions, [inner]: readonly [Mask]): MaskParts {
  const ofQueries = readPerPosition("masks/positions", "queries", queries, -1);
  const ofKeys = readPerPosition("masks/positions", "keys", keys, -1);
  return {
    options: { queries: ofQueries.spec, keys: ofKeys.spec },
    rows: commonRows("masks/positions", { inner: inner.rows, queries: ofQueries.rows, keys: ofKeys.rows }),
    visible(b, h, q, k) {
      const query = ofQueries.row(b)[q] ?? -1;
      const key = ofKeys.row(b)[k] ?? -1;
      return query >= 0 && key >= 0 && inner.visible(b, h, query, key);
    },
    classify(b, h, queryRange, keyRange) {
      const query = hull(ofQueries.row(b), queryRange);
      const key = hull(ofKeys.row(b), keyRange);
      if (query.range === null || key.range === null) return "none";
      const its = inner.classify(b, h, query.range, key.range);
      return its === "all" && (query.gaps || key.gaps) ? "some" : its;
    },
  };
}

/** The smallest range that holds every logical position of a physical range, and whether some are padding. */
function hull(positions: readonly number[], { start, end }: Range): { range: Range | null; gaps: boolean } {
  let [low, high, gaps] = [Number.POSITIVE_INFINITY, -1, false];
  for (let index = start; index < end; index++) {
    const position = positions[index] ?? -1;
    if (position < 0) gaps = true;
    else [low, high] = [Math.min(low, position), Math.max(high, position)];
  }
  return { range: high < 0 ? null : { start: low, end: high + 1 }, gaps };
}

/**
 * The logical position of each token of rows with padding anywhere: the count of real tokens up to it, minus one;
 * −1 for padding.
 *
 * @param real - `[B, Q]`; 1 or true for a real token.
 * @throws {ShapeError} `masks/positions` if rows differ in length.
 * @example logicalPositions([[0, 1, 1]]) // => [[-1, 0, 1]]
 */
export function logicalPositions(real: readonly (readonly (number | boolean)[])[]): number[][] {
  return real.map((row, b) => {
    if (row.length !== real[0]?.length) {
      throw new ShapeError("masks/positions", `row ${b} has ${row.length} positions, row 0 has ${real[0]?.length}`);
    }
    let next = 0;
    return row.map((token) => (token ? next++ : -1));
  });
}
