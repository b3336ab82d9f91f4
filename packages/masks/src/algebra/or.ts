import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { combine } from "./combine.ts";

export const orMask = mask("or", (_options, masks) => combine("or", masks), {
  description: "The keys that any of the masks shows.",
  parameters: [],
  children: "some",
  text: { operator: "|", binding: 1 },
});

/**
 * The pairs that any of the masks shows; in text `a | b`. One mask alone is returned as it is.
 *
 * ```
 * prefix(2)   causal   prefix(2) | causal
 * ██··        █···     ██··
 * ██··        ██··     ██··
 * ██··        ███·     ███·
 * ██··        ████     ████
 * ```
 * @throws {ShapeError} `masks/rows` or `masks/heads` if masks speak of different numbers of rows or heads.
 * @throws {ConfigError} `masks/children` if there is none.
 * @example or(prefix({ lengths: 3 }), causal()).visible(0, 0, 0, 2) // => true
 */
export function or(...masks: readonly Mask[]): Mask {
  const [first, ...rest] = masks;
  return first && rest.length === 0 ? first : orMask.create({}, masks);
}
