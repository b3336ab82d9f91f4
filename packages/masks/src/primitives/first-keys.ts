import type { MaskParts } from "../create-mask.ts";
import type { PerRow } from "../mask.ts";
import { readPerRow } from "../per-row.ts";

/** The predicate that `prefix` and `padding` share: every query of row `b` sees the keys `k < lengths[b]`. */
export function firstKeys(code: string, given: PerRow): MaskParts {
  const lengths = readPerRow(code, "lengths", given);
  return {
    options: { lengths: lengths.spec },
    rows: lengths.rows,
    visible: (b, _h, _q, k) => k < lengths.row(b),
    classify(b, _h, _queries, keys) {
      const length = lengths.row(b);
      if (keys.end <= length) return "all";
      return keys.start >= length ? "none" : "some";
    },
  };
}
