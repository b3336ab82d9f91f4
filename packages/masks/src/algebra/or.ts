import type { Mask } from "../mask.ts";
import { combine } from "./combine.ts";

/**
 * What any of the masks shows; in text `a | b`. One mask alone is returned as it is.
 *
 * @throws {ShapeError} `masks/rows` or `masks/heads` if masks speak of different numbers of rows or heads.
 * @throws {ConfigError} `masks/no-masks` if there is none.
 * @example or(prefix({ lengths: 3 }), causal()).visible(0, 0, 0, 2) // => true
 */
export function or(...masks: readonly Mask[]): Mask {
  return combine("or", masks);
}
