import type { Mask, PerRow } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { firstKeys } from "./first-keys.ts";

export interface PrefixOptions {
  /** Positions in the prefix, for all rows or for each: source and separator, whose last predicts the first target. */
  readonly lengths: PerRow;
}

export const prefixMask = mask("prefix", ({ lengths }: PrefixOptions) => firstKeys("masks/prefix-lengths", lengths), {
  description: "Every query sees the first keys.",
  parameters: ["lengths"],
});

/**
 * Every query sees the first `lengths[b]` keys: `k < lengths[b]`. The prefix-LM mask is `or(prefix(…), causal())`.
 *
 * The prefix ends with the token that predicts the first target; so a prefix of 1 is the same as causal, and a
 * prefix that counts the first target too leaks it.
 *
 * ```
 * prefix(2)   or(prefix(2), causal())
 * ██··        ██··
 * ██··        ██··
 * ██··        ███·
 * ██··        ████
 * ```
 * @throws {ConfigError} `masks/prefix-lengths` if a length is not an integer ≥ 0.
 * @throws {ShapeError} `masks/prefix-lengths` if the list is empty.
 * @source Raffel et al. 2020, §3.2.1 and figure 3, https://arxiv.org/abs/1910.10683
 * @example or(prefix({ lengths: [2, 3] }), causal()).visible(1, 0, 0, 2) // => true
 */
export const prefix: (options: PrefixOptions) => Mask = prefixMask.create;
