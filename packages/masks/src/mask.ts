import { type AnyPlugin, defineKind, type Plugin, type PluginOptions } from "@trivium/registry";

/** What a block of the matrix shows: nothing, everything, or "look at each pair". `"some"` is always a safe answer. */
export type Visibility = "none" | "some" | "all";

/** Positions `start ≤ p < end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A value for every batch row alike (a number), or one for each row. */
export type PerRow<T = number> = T | readonly T[];

/** One number for each position: the same in every batch row (a list), or a list for each row. */
export type PerPosition = readonly number[] | readonly (readonly number[])[];

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
  /** What the non-empty block `queries × keys` shows. `"none"` and `"all"` are promises; `"some"` is always safe. */
  classify(b: number, h: number, queries: Range, keys: Range): Visibility;
}

/** A mask as plain JSON: a tree of primitives, combinators and the algebra. */
export type MaskSpec =
  | { readonly type: "full" }
  | { readonly type: "causal"; readonly offset: number }
  | { readonly type: "prefix"; readonly lengths: PerRow }
  | { readonly type: "window"; readonly left: number; readonly right: number }
  | { readonly type: "padding"; readonly lengths: PerRow }
  | { readonly type: "documents"; readonly ids: PerPosition; readonly keyIds?: PerPosition }
  | { readonly type: "custom"; readonly name: string; readonly options?: unknown }
  | { readonly type: "and"; readonly masks: readonly MaskSpec[] }
  | { readonly type: "or"; readonly masks: readonly MaskSpec[] }
  | { readonly type: "not"; readonly mask: MaskSpec }
  | { readonly type: "packed"; readonly inner: MaskSpec; readonly ids: PerPosition; readonly keyIds?: PerPosition }
  | {
      readonly type: "positioned";
      readonly inner: MaskSpec;
      readonly queries: PerPosition;
      readonly keys: PerPosition;
    };

/** How large the matrix is. `rows` and `heads` say what it is used for, and are checked against the mask. */
export interface MaskSize {
  readonly queries: number;
  readonly keys: number;
  /** Batch rows. Default: the mask's own, else 1. */
  readonly rows?: number;
  /** Heads. Default: the mask's own, else 1. */
  readonly heads?: number;
}

/** A plugin of kind `"mask"`; `parameters` names its options in the order that text gives them: `dilated(2)`. */
export interface MaskPlugin<Name extends string = string, Create = (options: never) => Mask>
  extends Plugin<"mask", Name, Create> {
  readonly parameters?: readonly string[];
}

export interface MaskPluginOptions extends PluginOptions {
  readonly parameters?: readonly string[];
}

/** Plugins to resolve names with: a list or a registry. Plugins of other kinds are passed over. */
export type MaskPlugins = readonly AnyPlugin[] | { readonly plugins: readonly AnyPlugin[] };

const plugin = defineKind<(options: never) => Mask>()("mask");

/**
 * The kind of mask plugins: a function from one options object to a mask.
 *
 * @param options.parameters - the options that text may give by place: with `["stride"]`, `dilated(2)` means
 *   `dilated(stride=2)`.
 * @example
 * export const dilated = mask(
 *   "dilated",
 *   ({ stride }: { stride: number }) =>
 *     custom("dilated", (_b, _h, q, k) => (q - k) % stride === 0, { options: { stride } }),
 *   { description: "Every stride-th key.", parameters: ["stride"] },
 * );
 */
export function mask<const Name extends string, Create extends (options: never) => Mask>(
  name: Name,
  create: Create,
  { parameters, ...options }: MaskPluginOptions = {},
): MaskPlugin<Name, Create> {
  return { ...plugin(name, create, options), ...(parameters && { parameters }) };
}
