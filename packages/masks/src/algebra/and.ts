import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { combine } from "./combine.ts";

export const andMask = mask("and", (_options, masks) => combine("and", masks), {
  description: "The keys that all the masks show.",
  parameters: [],
  children: "some",
  text: { operator: "&", binding: 2 },
});

/**
 * The pairs that all the masks show; in text `a & b`. One mask alone is returned as it is.
 *
 * ```
 * causal   window(1,1)   causal & window(1,1)
 * █···     ██··          █···
 * ██··     ███·          ██··
 * ███·     ·███          ·██·
 * ████     ··██          ··██
 * ```
 * @throws {ShapeError} `masks/rows` or `masks/heads` if masks speak of different numbers of rows or heads.
 * @throws {ConfigError} `masks/children` if there is none.
 * @example and(causal(), window({ left: 1 })).visible(0, 0, 5, 3) // => false
 */
export function and(...masks: readonly Mask[]): Mask {
  const [first, ...rest] = masks;
  return first && rest.length === 0 ? first : andMask.create({}, masks);
}
