import type { Mask } from "../mask.ts";

/** The matrix as tests draw it by hand: one string for each query, from `visible` alone. */
export function matrixRows(mask: Mask, queries: number, keys = queries, b = 0, h = 0): string[] {
  return Array.from({ length: queries }, (_, q) =>
    Array.from({ length: keys }, (_, k) => (mask.visible(b, h, q, k) ? "x" : ".")).join(""),
  );
}
