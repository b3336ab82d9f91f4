import type { Mask } from "../mask.ts";

/** What tests compare drawings by hand with: one string a query, from `visible` alone. */
export function matrixRows(mask: Mask, queries: number, keys = queries, b = 0, h = 0): string[] {
  return Array.from({ length: queries }, (_, q) =>
    Array.from({ length: keys }, (_, k) => (mask.visible(b, h, q, k) ? "x" : ".")).join(""),
  );
}
