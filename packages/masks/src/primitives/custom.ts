import { assertMaskName, createMask } from "../create-mask.ts";
import type { Mask, MaskOptions } from "../mask.ts";

export interface CustomOptions {
  /** Everything that the predicate depends on, as plain JSON: `{}` if it depends on its arguments alone. */
  readonly options?: MaskOptions | undefined;
  /** Batch rows that the mask tells apart. Default `null`: none. */
  readonly rows?: number | null | undefined;
  /** Heads that the mask tells apart. Default `null`: none. */
  readonly heads?: number | null | undefined;
  /** Lets kernels skip blocks. Default: every block is looked at pair by pair. */
  readonly classify?: Mask["classify"] | undefined;
}

/**
 * A mask of your own, from a predicate.
 *
 * ```
 * custom("even-keys", (_b, _h, _q, k) => k % 2 === 0)
 * █·█·
 * █·█·
 * ```
 * Name and options are the identity of the mask, and plans are kept by identity:
 * - **With options**, the options carry everything that the predicate depends on. A closure that is made anew at each
 *   step is the same mask if its options and its source text are the same.
 * - **Without options**, the function object itself is the predicate: plans are kept for that function alone, since
 *   two closures of one text may look at different data. Declare `options: {}` for a predicate that looks at none.
 * - A predicate of another text under one name and options is refused when a plan is asked for (`masks/identity`), and so
 *   is one that answers otherwise on a sample of pairs: its options leave something out.
 *
 * A mask that is to be written to JSON and text is a plugin of its own: see `mask`.
 *
 * @param name - kebab-case; the `type` of the spec.
 * @param visible - `(b, h, q, k)`; pure.
 * @throws {ConfigError} `masks/name` if the name is not kebab-case, `masks/options` if the options are not plain JSON.
 * @example custom("even-keys", (_b, _h, _q, k) => k % 2 === 0).visible(0, 0, 5, 3) // => false
 */
export function custom(name: string, visible: Mask["visible"], extra: CustomOptions = {}): Mask {
  assertMaskName(name);
  const origin = { code: visible, declared: extra.options !== undefined, children: [] };
  return createMask(name, { ...extra, visible }, origin);
}
