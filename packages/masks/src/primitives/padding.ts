import type { Mask, PerRow } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { firstKeys } from "./first-keys.ts";

export interface PaddingOptions {
  /** Real keys, for all rows or for each; what follows is padding. */
  readonly lengths: PerRow;
}

export const paddingMask = mask(
  "padding",
  ({ lengths }: PaddingOptions) => firstKeys("masks/padding-lengths", lengths),
  { description: "Hides keys past the real length.", parameters: ["lengths"] },
);

/**
 * Hides padding on the right: `k < lengths[b]`. Queries in the padding see what other queries see. Padding on the
 * left is `positioned`.
 *
 * Put it last: `and(or(prefix(…), causal()), padding(…))`. An `or` after it would open the padding again.
 *
 * ```
 * padding(2)
 * ██·
 * ██·
 * ██·
 * ```
 * @throws {ConfigError} `masks/padding-lengths` if a length is not an integer ≥ 0.
 * @throws {ShapeError} `masks/padding-lengths` if the list is empty.
 * @example padding({ lengths: [2, 3] }).visible(0, 0, 0, 2) // => false
 */
export const padding: (options: PaddingOptions) => Mask = paddingMask.create;
