import { createMask } from "../create-mask.ts";
import type { Mask, PerRow } from "../mask.ts";
import { readPerRow } from "../per-row.ts";

/** The predicate that `prefix` and `padding` share: every query of row `b` sees the keys `k < lengths[b]`. */
export function firstKeys(type: "prefix" | "padding", given: PerRow): Mask {
  const lengths = readPerRow(`masks/${type}-lengths`, "lengths", given);
  return createMask({
    spec: { type, lengths: lengths.spec },
    rows: lengths.rows,
    heads: null,
    visible: (b, _h, _q, k) => k < lengths.row(b),
    classify(b, _h, _queries, keys) {
      const length = lengths.row(b);
      if (keys.end <= length) return "all";
      return keys.start >= length ? "none" : "some";
    },
  });
}
