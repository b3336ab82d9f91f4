import type { Mask } from "../mask.ts";
import { mask } from "../mask-plugin.ts";

const opposite = { none: "all", some: "some", all: "none" } as const;

export const notMask = mask(
  "not",
  (_options, [inner]) => ({
    visible: (b, h, q, k) => !inner.visible(b, h, q, k),
    classify: (b, h, queries, keys) => opposite[inner.classify(b, h, queries, keys)],
  }),
  {
    description: "The keys that a mask hides.",
    parameters: [],
    children: 1,
    text: { operator: "!", binding: 3 },
  },
);

/**
 * The pairs that a mask hides; in text `!a`.
 *
 * ```
 * causal   !causal
 * █··      ·██
 * ██·      ··█
 * ███      ···
 * ```
 * @example not(causal()).visible(0, 0, 0, 1) // => true
 */
export const not = (inner: Mask): Mask => notMask.create({}, [inner]);
