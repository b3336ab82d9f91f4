import type { Mask, Range } from "../mask.ts";
import type { StreamMasks } from "./stream-masks.ts";
import { compareVisibility, type StreamSize } from "./visibility-difference.ts";

/** A query, and the keys on which its mask differs from the reference. */
export interface VisibilityDifference {
  readonly row: number;
  /** The stream of the query, and that of the keys. */
  readonly queryStream: string;
  readonly keyStream: string;
  readonly query: number;
  readonly keys: readonly Range[];
  readonly text: string;
}

export interface VisibilityOptions extends StreamMasks {
  /** Each stream's length; with a cache, how many queries and how many keys. */
  readonly streams: Readonly<Record<string, StreamSize>>;
  /** Layers through which self-attention may pass something on. Default 1: the masks as they are. */
  readonly layers?: number | undefined;
  /** Batch rows, checked against the masks. Default: theirs, else 1. */
  readonly rows?: number | undefined;
}

/** Masks to measure against; an attention without one is not looked at. */
export interface ReferenceMasks {
  readonly selfMask?: Mask | Readonly<Record<string, Mask>> | undefined;
  readonly crossMask?: Mask | undefined;
}

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
