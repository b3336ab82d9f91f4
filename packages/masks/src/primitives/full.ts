import { createMask } from "../create-mask.ts";
import type { Mask } from "../mask.ts";

/**
 * Every query sees every key: the encoder's mask. A value of its own, since leaving a mask out hands the decision
 * to somebody's default.
 *
 * ```
 * ███
 * ███
 * ███
 * ```
 * @example full().visible(0, 0, 0, 9) // => true
 */
export function full(): Mask {
  return createMask({
    spec: { type: "full" },
    rows: null,
    heads: null,
    visible: () => true,
    classify: () => "all",
  });
}
