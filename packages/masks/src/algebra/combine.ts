import type { MaskParts } from "../create-mask.ts";
import type { Mask, Visibility } from "../mask.ts";

/** `and` and `or` are one another's dual: the verdict that decides alone, and the one that all must give. */
const verdicts = {
  and: { decisive: "none", unanimous: "all" },
  or: { decisive: "all", unanimous: "none" },
} as const satisfies Record<string, Record<string, Visibility>>;

/** The conjunction or disjunction of masks. */
export function combine(type: "and" | "or", masks: readonly Mask[]): MaskParts {
  const { decisive, unanimous } = verdicts[type];
  const decides = type === "or";
  return {
    visible(b, h, q, k) {
      for (const one of masks) if (one.visible(b, h, q, k) === decides) return decides;
      return !decides;
    },
    classify(b, h, queries, keys) {
      let verdict: Visibility = unanimous;
      for (const one of masks) {
        const its = one.classify(b, h, queries, keys);
        if (its === decisive) return decisive;
        if (its !== unanimous) verdict = "some";
      }
      return verdict;
    },
  };
}
