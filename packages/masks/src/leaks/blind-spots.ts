import type { ReferenceMasks, VisibilityDifference, VisibilityOptions } from "./visibility-difference.ts";
import { compareVisibility } from "./visibility-difference.ts";

/**
 * Finds the pairs that `expected` shows and the model's masks hide: those that no head shows within `layers` layers.
 * Each position knows itself through the residual stream.
 *
 * @param options.expected - the masks of the pairs that should be seen, by stream (`custom` for a predicate of your own).
 * @throws {ConfigError} `masks/streams`, `masks/stream-mask`, `masks/layers` or `masks/size`.
 * @throws {ShapeError} `masks/rows` if rows disagree.
 * @example blindSpots({ streams: { source: 3 }, selfMask: causal(), expected: { selfMask: full() } })[0].text
 *   // => "row 0: source[0] does not see source[1–2]"
 */
export function blindSpots(options: VisibilityOptions & { readonly expected: ReferenceMasks }): VisibilityDifference[] {
  return compareVisibility(options, options.expected, "does not see", (seen, wanted) => wanted && !seen);
}

/**
 * Finds the pairs that the model's masks show within `layers` layers, in any head, and `allowed` hides: documents that see
 * one another, or padding that was opened again.
 *
 * @param options.allowed - the most that each stream may see.
 * @throws the errors of {@link blindSpots}.
 * @example trespasses({ streams: { tokens: 2 }, selfMask: full(), allowed: { selfMask: causal() } })[0].text
 *   // => "row 0: tokens[0] sees tokens[1]"
 */
export function trespasses(options: VisibilityOptions & { readonly allowed: ReferenceMasks }): VisibilityDifference[] {
  return compareVisibility(options, options.allowed, "sees", (seen, allowed) => seen && !allowed);
}
