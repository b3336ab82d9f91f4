import { hashWords } from "@trivium/core";
import type { Mask, MaskSpec } from "./mask.ts";

/**
 * Whether two masks are written alike, up to the order, nesting and repetition of `and` and `or`, and double `not`.
 *
 * True means that they show the same pairs (custom masks: the same name and options); false does not mean that they
 * differ.
 *
 * @example sameMask(or(causal(), full()), or(full(), causal())) // => true
 */
export function sameMask(a: Mask, b: Mask): boolean {
  return a === b || maskKey(a) === maskKey(b);
}

/**
 * A string that is equal for masks that `sameMask` calls the same: a key for caches of plans and lowerings.
 *
 * @example maskKey(causal()) // => '{"offset":0,"type":"causal"}'
 */
export function maskKey(mask: Mask): string {
  return canonical(simplify(mask.spec));
}

/**
 * 128 bits of `maskKey`, as 32 hexadecimal digits, for reports and file names.
 *
 * @example hashMask(causal()).length // => 32
 */
export function hashMask(mask: Mask): string {
  return hashWords(maskKey(mask))
    .map((word) => (word >>> 0).toString(16).padStart(8, "0"))
    .join("");
}

function simplify(spec: MaskSpec): MaskSpec {
  switch (spec.type) {
    case "and":
    case "or":
      return simplifyList(spec.type, spec.masks);
    case "not": {
      const inner = simplify(spec.mask);
      return inner.type === "not" ? inner.mask : { type: "not", mask: inner };
    }
    case "packed":
    case "positioned":
      return { ...spec, inner: simplify(spec.inner) };
    default:
      return spec;
  }
}

function simplifyList(type: "and" | "or", masks: readonly MaskSpec[]): MaskSpec {
  const operands = masks.map(simplify).flatMap((one) => (one.type === type ? one.masks : [one]));
  const byKey = new Map(operands.map((one) => [canonical(one), one]));
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return sorted.length === 1 ? (sorted[0] as MaskSpec) : { type, masks: sorted };
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
