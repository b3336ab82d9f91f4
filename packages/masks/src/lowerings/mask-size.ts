import { ShapeError } from "@trivium/core";
import { assertInteger } from "../assert-integer.ts";
import type { Mask, MaskExtent, MaskSize } from "../mask.ts";

/**
 * The extent that a mask needs at a size: its own rows and heads, or 1 (to be broadcast) where it has none.
 *
 * @throws {ConfigError} `masks/size` if a size is not an integer ≥ 0.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if the mask speaks of another number than the size asks for.
 */
export function extentOf(mask: Mask, size: MaskSize): MaskExtent {
  const { queries, keys, rows = 0, heads = 0 } = size;
  for (const [axis, count] of Object.entries({ queries, keys, rows, heads }))
    assertInteger("masks/size", axis, count, 0);
  return { rows: agreed("rows", mask, size), heads: agreed("heads", mask, size), queries, keys };
}

function agreed(axis: "rows" | "heads", mask: Mask, size: MaskSize): number {
  const [own, asked] = [mask[axis], size[axis]];
  if (own === null || asked === undefined || own === asked) return own ?? 1;
  const message = `the mask speaks of ${own} ${axis}, but is used for ${asked}`;
  throw new ShapeError(`masks/${axis}`, message, { details: { mask: own, asked } });
}
