import type { Mask } from "../mask.ts";
import { combine } from "./combine.ts";

/**
 * What all the masks show; in text `a & b`. One mask alone is returned as it is.
 *
 * @throws {ShapeError} `masks/rows` or `masks/heads` if masks speak of different numbers of rows or heads.
 * @throws {ConfigError} `masks/no-masks` if there is none.
 * @example and(causal(), window({ left: 1 })).visible(0, 0, 5, 3) // => false
 */
export function and(...masks: readonly Mask[]): Mask {
  return combine("and", masks);
}
