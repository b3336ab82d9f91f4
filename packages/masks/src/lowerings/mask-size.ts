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
  for (const axis of ["queries", "keys", "rows", "heads"] as const) {
    if (size[axis] !== undefined || axis === "queries" || axis === "keys") {
      assertInteger("masks/size", axis, size[axis], 0);
    }
  }
  return {
    rows: agreed("rows", mask, size),
    heads: agreed("heads", mask, size),
    queries: size.queries,
    keys: size.keys,
  };
}

function agreed(axis: "rows" | "heads", mask: Mask, size: MaskSize): number {
  const own = mask[axis];
  const asked = size[axis];
  if (own !== null && asked !== undefined && own !== asked) {
    throw new ShapeError(`masks/${axis}`, `the mask speaks of ${own} ${axis}, but is used for ${asked}`, {
      details: { mask: own, asked },
    });
  }
  return own ?? 1;
}
