/** What to sum: `rows [R, width]`, each into the segment that its id names. */
export interface SegmentRows {
  readonly rows: ArrayLike<number>;
  readonly ids: ArrayLike<number>;
  readonly width: number;
}

/**
 * Sums rows by segment, in float64: `sums[s, …] = Σ rows[i, …] over the i with ids[i] = s`. Rows of an id out of range are
 * left out.
 *
 * @returns `[segments, width]`.
 */
export function segmentSums({ rows, ids, width }: SegmentRows, segments: number): Float64Array {
  const sums = new Float64Array(segments * width);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row]!;
    if (segment < 0 || segment >= segments) continue;
    for (let column = 0; column < width; column++) sums[segment * width + column]! += rows[row * width + column]!;
  }
  return sums;
}
