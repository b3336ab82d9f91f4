/** The verdict on a block of the matrix: nothing is visible, everything is, or each pair must be asked. */
export type Visibility = "none" | "some" | "all";

/** Positions `start ≤ p < end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A value for every batch row alike, or a list with one for each row. */
export type PerRow<T = number> = T | readonly T[];

/** One number for each position: the same in every batch row (a list), or a list for each row. */
export type PerPosition = readonly number[] | readonly (readonly number[])[];

/** The options of a mask: plain JSON by name. */
export type MaskOptions = Readonly<Record<string, unknown>>;

/**
 * A mask as plain JSON: the name of its plugin, the options, and the specs of the masks that it combines.
 *
 * Type, options and children are the identity of a mask: two masks with equal specs show the same pairs.
 */
export interface MaskSpec {
  readonly type: string;
  /** Absent where all options have their defaults. */
  readonly options?: MaskOptions | undefined;
  /** Absent in a mask that combines no others. */
  readonly children?: readonly MaskSpec[] | undefined;
}

/**
 * A mask: which keys each query may see. A boolean, skippable predicate over positions, kept apart from any
 * float bias on the logits.
 *
 * `visible` and `classify` are pure; `spec` is plain JSON from which `maskFromJson` makes the same mask again.
 *
 * @source FlexAttention (He et al. 2024, https://arxiv.org/abs/2412.05496): `mask_mod(b, h, q, kv)` and BlockMask
 */
export interface Mask {
  readonly spec: MaskSpec;
  /** Number of batch rows that the mask tells apart; `null` if it is the same for every row. */
  readonly rows: number | null;
  /** Number of heads that the mask tells apart; `null` if it is the same for every head. */
  readonly heads: number | null;
  /** Returns whether query position `q` sees key position `k`, in batch row `b` and head `h`. */
  visible(b: number, h: number, q: number, k: number): boolean;
  /** Returns the verdict on a block that is not empty. `"none"` and `"all"` are promises; `"some"` is always safe. */
  classify(b: number, h: number, queries: Range, keys: Range): Visibility;
  /** Prepares a faster way to the mask's intervals, or returns `null` where there is none for this extent. */
  readonly intervals?: ((extent: MaskExtent) => IntervalFiller | null) | undefined;
}

/**
 * Writes for each query the smallest interval that holds its visible keys, for one row and head. A query that sees
 * nothing is left at `0, 0`, the value of every query at the start.
 *
 * @param start - `[Q]`, first visible key of each query.
 * @param end - `[Q]`, one past the last visible key.
 * @returns a query whose interval holds a hidden key, or `null` if there is none.
 */
export type IntervalFiller = (b: number, h: number, start: Int32Array, end: Int32Array) => number | null;

/** The size of the matrix. `rows` and `heads` are checked against the mask's own. */
export interface MaskSize {
  readonly queries: number;
  readonly keys: number;
  /** Batch rows. Default: the mask's own, else 1. */
  readonly rows?: number | undefined;
  /** Heads. Default: the mask's own, else 1. */
  readonly heads?: number | undefined;
}

/** The size of a lowering: rows and heads are 1 where the mask is the same for all. */
export interface MaskExtent extends MaskSize {
  readonly rows: number;
  readonly heads: number;
}
