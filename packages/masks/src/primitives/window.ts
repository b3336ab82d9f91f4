import { assertInteger } from "../assert-integer.ts";
import { createMask } from "../create-mask.ts";
import type { Mask } from "../mask.ts";

export interface WindowOptions {
  /** Earlier keys that a query sees besides itself. */
  readonly left: number;
  /** Later keys that it sees. Default 0. */
  readonly right?: number;
}

/**
 * A sliding window: `q − left ≤ k ≤ q + right`.
 *
 * ```
 * window(1)   window(1, 1)
 * █···        ██··
 * ██··        ███·
 * ·██·        ·███
 * ··██        ··██
 * ```
 * @throws {ConfigError} `masks/window` if a side is not an integer ≥ 0.
 * @source Beltagy et al. 2020, §3.1, https://arxiv.org/abs/2004.05150
 * @example window({ left: 2 }).visible(0, 0, 5, 3) // => true
 */
export function window({ left, right = 0 }: WindowOptions): Mask {
  assertInteger("masks/window", "left", left, 0);
  assertInteger("masks/window", "right", right, 0);
  return createMask({
    spec: { type: "window", left, right },
    rows: null,
    heads: null,
    visible: (_b, _h, q, k) => k >= q - left && k <= q + right,
    classify(_b, _h, queries, keys) {
      const farthestBack = keys.start - (queries.end - 1);
      const farthestAhead = keys.end - 1 - queries.start;
      if (farthestBack >= -left && farthestAhead <= right) return "all";
      return farthestAhead < -left || farthestBack > right ? "none" : "some";
    },
  });
}
