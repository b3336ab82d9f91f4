import { ConfigError } from "@trivium/core";
import { assertInteger } from "../assert-integer.ts";
import type { Mask } from "../mask.ts";
import { commonRows } from "../per-row.ts";

/** The masks of a model: one stack over `tokens`, or a `source` stack that a `target` stack reads across. */
export interface StreamMasks {
  /** The self-attention mask: one for every stream, or one for each. */
  readonly selfMask: Mask | Readonly<Record<string, Mask>>;
  /** With two streams: which positions of the first (keys) the second (queries) sees. */
  readonly crossMask?: Mask | undefined;
}

/** A stream that reads: its name, its place and its mask. */
export interface Reader<Size> {
  readonly name: string;
  readonly size: Size;
  readonly selfMask: Mask;
}

/** The streams in order, with everything that must be there found to be there. */
export interface ResolvedStreams<Size> {
  /** The last stream, which makes the predictions. */
  readonly last: Reader<Size>;
  /** The stream that it reads across, if there are two. */
  readonly first: (Reader<Size> & { readonly crossMask: Mask }) | null;
}

/**
 * Finds the mask of every stream. None may be left out, since what is left out is decided by somebody's default.
 *
 * @throws {ConfigError} `masks/streams` unless there are one or two streams, `masks/stream-mask` if a mask is missing.
 */
export function resolveStreams<Size>(
  streams: Readonly<Record<string, Size>>,
  { selfMask, crossMask }: StreamMasks,
): ResolvedStreams<Size> {
  const readers = Object.entries(streams).map(([name, size]) => {
    const own = isMask(selfMask) ? selfMask : selfMask?.[name];
    return { name, size, selfMask: requireMask(own, `the self-attention of stream "${name}"`) };
  });
  const [one, two] = readers;
  if (one === undefined || readers.length > 2) {
    throw new ConfigError("masks/streams", `there should be one or two streams, got ${readers.length}`);
  }
  if (two === undefined) return { last: one, first: null };
  const across = requireMask(crossMask, `the cross-attention of "${two.name}" to "${one.name}"`);
  return { last: two, first: { ...one, crossMask: across } };
}

/** Returns whether a value is a mask rather than a record of masks. */
export function isMask(value: unknown): value is Mask {
  return typeof (value as Mask | undefined)?.visible === "function";
}

function requireMask(mask: unknown, what: string): Mask {
  if (isMask(mask)) return mask;
  throw new ConfigError("masks/stream-mask", `${what} has no mask; say which it is, full() or causal() for example`);
}

/**
 * The number of batch rows to look at: what the masks and the caller agree on, or 1.
 *
 * @throws {ShapeError} `masks/rows` if they do not agree.
 */
export function agreedRows(counts: Readonly<Record<string, number | null | undefined>>): number {
  const given = Object.entries(counts).filter(([, rows]) => typeof rows === "number");
  for (const [name, rows] of given) assertInteger("masks/rows", name, rows, 1);
  return commonRows("masks/rows", counts, "these should speak of the same number of batch rows") ?? 1;
}
