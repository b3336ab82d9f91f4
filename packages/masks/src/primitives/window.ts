import { assertInteger } from "../assert-integer.ts";
import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";

export interface WindowOptions {
  /** Earlier keys that a query sees besides itself. */
  readonly left: number;
  /** Later keys that a query sees. Default 0. */
  readonly right?: number | undefined;
}

export const windowMask = mask(
  "window",
  ({ left, right = 0 }: WindowOptions) => {
    assertInteger("masks/window", "left", left, 0);
    assertInteger("masks/window", "right", right, 0);
    return {
      options: right === 0 ? { left } : { left, right },
      visible: (_b, _h, q, k) => k >= q - left && k <= q + right,
      classify(_b, _h, queries, keys) {
        const farthestBack = keys.start - (queries.end - 1);
        const farthestAhead = keys.end - 1 - queries.start;
        if (farthestBack >= -left && farthestAhead <= right) return "all";
        return farthestAhead < -left || farthestBack > right ? "none" : "some";
      },
    };
  },
  { description: "A query sees keys near itself.", parameters: ["left", "right?"] },
);

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
export const window: (options: WindowOptions) => Mask = windowMask.create;
