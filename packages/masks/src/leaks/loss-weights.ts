import { ConfigError, ShapeError } from "@trivium/core";

/** Loss weights by row. */
export interface LossWeights {
  readonly rows: number | null;
  of(row: number): ArrayLike<number>;
}

/**
 * Checks loss weights, the same for all rows or for each.
 *
 * @throws {ShapeError} `masks/loss-weights` if a row has not one weight for each position.
 * @throws {ConfigError} `masks/loss-weights` if a weight is negative or not finite.
 */
export function readLossWeights(
  given: ArrayLike<number> | readonly ArrayLike<number>[] | undefined,
  length: number,
): LossWeights {
  if (given === undefined) return { rows: null, of: () => new Uint8Array(length).fill(1) };
  const nested = given.length > 0 && typeof given[0] !== "number";
  const rows = (nested ? given : [given]) as readonly ArrayLike<number>[];
  const code = "masks/loss-weights";
  for (const [row, weights] of rows.entries()) {
    const wanted = `row ${row} of lossWeights should have ${length} weights, one for each prediction`;
    if (weights.length !== length) throw new ShapeError(code, `${wanted}, got ${weights.length}`);
    const wrong = Array.from(weights).findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    const place = `lossWeights[${row}][${wrong}]`;
    if (wrong >= 0) throw new ConfigError(code, `${place} should be a number ≥ 0, got ${weights[wrong]}`);
  }
  return { rows: nested ? rows.length : null, of: (row) => rows[nested ? row : 0] as ArrayLike<number> };
}
