import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";

export const fullMask = mask("full", () => ({ visible: () => true, classify: () => "all" }), {
  description: "Every query sees every key.",
  parameters: [],
});

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
export const full: () => Mask = fullMask.create;
