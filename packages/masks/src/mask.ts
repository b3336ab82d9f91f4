import { defineKind } from "@trivium/registry";

/** What a block of the matrix shows: nothing, everything, or "look at each pair". `"some"` is always a safe answer. */
export type Visibility = "none" | "some" | "all";

/** Positions `start ≤ p < end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A value for every batch row alike (a number), or one for each row. */
export type PerRow<T = number> = T | readonly T[];

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
  /** How many batch rows it speaks of; `null` if it is the same for every row. */
  readonly rows: number | null;
  /** How many heads it speaks of; `null` if it is the same for every head. */
  readonly heads: number | null;
  /** Whether query position `q` sees key position `k`, in batch row `b` and head `h`. */
  visible(b: number, h: number, q: number, k: number): boolean;
  /** What the block `queries × keys` shows. `"none"` and `"all"` are promises; `"some"` is always safe. */
  classify(b: number, h: number, queries: Range, keys: Range): Visibility;
}

/** A mask as plain JSON: a tree of primitives, combinators and the algebra. */
export type MaskSpec =
  | { readonly type: "full" }
  | { readonly type: "causal"; readonly offset: number }
  | { readonly type: "prefix"; readonly lengths: PerRow }
  | { readonly type: "window"; readonly left: number; readonly right: number }
  | { readonly type: "padding"; readonly lengths: PerRow }
  | { readonly type: "documents"; readonly ids: PerRow<number> | readonly (readonly number[])[] }
  | { readonly type: "custom"; readonly name: string; readonly options?: unknown }
  | { readonly type: "and" | "or"; readonly masks: readonly MaskSpec[] }
  | { readonly type: "not"; readonly mask: MaskSpec }
  | { readonly type: "packed"; readonly inner: MaskSpec; readonly ids: readonly number[] | readonly (readonly number[])[] }
  | {
      readonly type: "positioned";
      readonly inner: MaskSpec;
      readonly queries: readonly (readonly number[])[];
      readonly keys: readonly (readonly number[])[];
    };

/** The kind of mask plugins: a function from options to a mask. */
export const mask = defineKind<(options: never) => Mask>()("mask");
