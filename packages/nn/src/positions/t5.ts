import type { ParameterTree, Tensor2D } from "@trivium/tensor";
import type { PositionScheme } from "./position-scheme.ts";

/** Options of T5's positions. */
export interface T5Options {
  /** Buckets of distances. Default 32. */
  readonly buckets?: number | undefined;
  /** Distances from here on share a bucket. Default 128. */
  readonly maxDistance?: number | undefined;
  /** Whether later positions have buckets of their own. Default: where the mask shows them. */
  readonly direction?: "from-mask" | "bidirectional" | "causal" | undefined;
}

/**
 * T5's positions: a learned bias of the logits for each head and bucket of distances, `relative.weight [buckets, H]`, which
 * all layers of a stack share.
 *
 * @source Raffel et al. 2020, §2.1, https://arxiv.org/abs/1910.10683
 */
export function t5({ buckets = 32, maxDistance = 128, direction = "from-mask" }: T5Options = {}): PositionScheme {
  return {
    kind: "t5",
    specs: ({ heads, deviation }) => ({
      relative: { weight: { shape: [buckets, heads], initial: { deviation: deviation("relative-bias") } } },
    }),
    bias({ parameters, bidirectional: both }) {
      const table = (parameters.relative as ParameterTree).weight as Tensor2D;
      const bidirectional = direction === "from-mask" ? both : direction === "bidirectional";
      return { kind: "relative", table, bidirectional, maxDistance };
    },
  };
}
