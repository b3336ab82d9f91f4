import { ShapeError } from "@trivium/core";
import type { Mask } from "./mask.ts";

/**
 * Makes a mask from its parts, guarded: asking a mask of `n` rows about row `n` throws instead of answering for
 * some other row.
 *
 * @throws {ShapeError} `masks/row` or `masks/head`, from `visible` and `classify`, if the mask has no such row or head.
 */
export function createMask(parts: Mask): Mask {
  const { rows, heads } = parts;
  if (rows === null && heads === null) return Object.freeze(parts);
  const check = (b: number, h: number): void => {
    if (rows !== null && !(b >= 0 && b < rows)) throw outside("row", rows, b);
    if (heads !== null && !(h >= 0 && h < heads)) throw outside("head", heads, h);
  };
  return Object.freeze({
    ...parts,
    visible(b: number, h: number, q: number, k: number) {
      check(b, h);
      return parts.visible(b, h, q, k);
    },
    classify(b, h, queries, keys) {
      check(b, h);
      return parts.classify(b, h, queries, keys);
    },
  } satisfies Mask);
}

function outside(axis: "row" | "head", count: number, asked: number): ShapeError {
  const what = axis === "row" ? "batch row" : "head";
  return new ShapeError(
    `masks/${axis}`,
    `the mask speaks of ${count} ${what}${count === 1 ? "" : "s"}, got ${what} ${asked}; ` +
      `give it a value for every ${what}, or one value for all`,
    { details: { [`${axis}s`]: count, [axis]: asked } },
  );
}

/**
 * The rows and heads that combined masks share: each mask has that many, or is the same for all.
 *
 * @throws {ShapeError} `masks/rows` or `masks/heads` if two masks disagree.
 */
export function commonExtent(masks: readonly Mask[]): Pick<Mask, "rows" | "heads"> {
  return { rows: common("rows", masks), heads: common("heads", masks) };
}

function common(axis: "rows" | "heads", masks: readonly Mask[]): number | null {
  let found: number | null = null;
  for (const { [axis]: count, spec } of masks) {
    if (count === null) continue;
    if (found !== null && found !== count) {
      throw new ShapeError(
        `masks/${axis}`,
        `combined masks should speak of the same number of ${axis}; ${spec.type} has ${count}, one before it has ${found}`,
        { details: { types: masks.map((one) => one.spec.type), counts: masks.map((one) => one[axis]) } },
      );
    }
    found = count;
  }
  return found;
}
