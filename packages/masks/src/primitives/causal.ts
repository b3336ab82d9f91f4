import { assertInteger } from "../assert-integer.ts";
import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";

export interface CausalOptions {
  /** Number of keys past its own index that a query sees; with `t` cached keys, `t`. May be negative. Default 0. */
  readonly offset?: number | undefined;
}

export const causalMask = mask(
  "causal",
  ({ offset = 0 }: CausalOptions) => {
    assertInteger("masks/causal-offset", "offset", offset);
    return {
      options: offset === 0 ? {} : { offset },
      visible: (_b, _h, q, k) => k <= q + offset,
      classify(_b, _h, queries, keys) {
        if (keys.end - 1 <= queries.start + offset) return "all";
        return keys.start > queries.end - 1 + offset ? "none" : "some";
      },
    };
  },
  { description: "A query sees itself and earlier keys.", parameters: ["offset?"] },
);

/**
 * The causal mask: `k ≤ q + offset`.
 *
 * The offset says how queries and keys are aligned. Where a single query follows 7 cached keys, its position is 7,
 * so `causal({ offset: 7 })` shows it all 8; without the offset it would see key 0 alone.
 *
 * ```
 * █··
 * ██·
 * ███
 * ```
 * @throws {ConfigError} `masks/causal-offset` if the offset is not an integer.
 * @source Vaswani et al. 2017, §3.2.3, https://arxiv.org/abs/1706.03762
 * @example causal().visible(0, 0, 2, 3) // => false
 */
export const causal: (options?: CausalOptions) => Mask = causalMask.create;
