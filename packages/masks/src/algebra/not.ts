import { createMask } from "../create-mask.ts";
import type { Mask } from "../mask.ts";

const opposite = { none: "all", some: "some", all: "none" } as const;

/**
 * What the mask hides; in text `!a`.
 *
 * @example not(causal()).visible(0, 0, 0, 1) // => true
 */
export function not(mask: Mask): Mask {
  return createMask({
    spec: { type: "not", mask: mask.spec },
    rows: mask.rows,
    heads: mask.heads,
    visible: (b, h, q, k) => !mask.visible(b, h, q, k),
    classify: (b, h, queries, keys) => opposite[mask.classify(b, h, queries, keys)],
  });
}
