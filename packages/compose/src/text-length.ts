import { textWindow } from "@trivium/data";
import type { Objective } from "@trivium/objectives";
import type { SpecialTokens } from "@trivium/text";

/**
 * Returns the length to which data is encoded so that its windows of text fill the rows of a model under an objective:
 * the model's own, unless the objective inserts or removes tokens.
 *
 * @param length - positions of the model.
 * @throws {ConfigError} `objective/window` if the objective fits no text into so many positions.
 * @example textLength(prefixLm(), reservedSpecials(), 64) // => 64
 */
export function textLength(
  { rawLength }: Pick<Objective, "rawLength">,
  special: SpecialTokens,
  length: number,
): number {
  return rawLength === undefined ? length : length + rawLength(length, special) - textWindow(special, length);
}
