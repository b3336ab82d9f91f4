import { ShapeError } from "@trivium/core";
import type { ProjectedAttentionRequest } from "./attention-kernel.ts";

/**
 * D of a request with the heads side by side.
 *
 * @throws {ShapeError} `attention/projected-width` if the widths are not those of whole heads.
 */
export function projectedHeadWidth({ query, key, value, heads }: ProjectedAttentionRequest): number {
  const headWidth = query.shape[2] / heads;
  const isWhole = ({ rank, shape }: { rank: number; shape: number[] }): boolean =>
    rank !== 3 || shape[2]! % headWidth === 0;
  if (Number.isInteger(headWidth) && isWhole(key) && isWhole(value)) return headWidth;
  const shapes = [query, key, value].map(({ shape }) => `[${shape.join(", ")}]`);
  throw new ShapeError(
    "attention/projected-width",
    `the width of projected queries should be a multiple of the ${heads} heads, and that of keys and values one of the ` +
      `head width; got query, key and value ${shapes.join(", ")}`,
    { details: { query: query.shape, key: key.shape, value: value.shape, heads } },
  );
}
