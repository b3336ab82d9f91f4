import type { RelativeBucketOptions } from "../relative-bucket.ts";

/**
 * T5's bucket without logarithms: with `e` exact buckets of `n`, distance `d` is in bucket `e + j` or beyond if
 * `(d/e)^(n−e) ≥ (maxDistance/e)^j`, which integers decide exactly.
 */
export function exactRelativeBucket(relative: number, options: RelativeBucketOptions): number {
  const { buckets, maxDistance, bidirectional } = options;
  const n = bidirectional ? Math.floor(buckets / 2) : buckets;
  const base = bidirectional && relative > 0 ? n : 0;
  const d = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
  const e = Math.floor(n / 2);
  if (d < e) return base + d;
  let bucket = e;
  const reaches = (j: number): boolean =>
    BigInt(d) ** BigInt(n - e) * BigInt(e) ** BigInt(j) >=
    BigInt(maxDistance) ** BigInt(j) * BigInt(e) ** BigInt(n - e);
  while (bucket < n - 1 && reaches(bucket + 1 - e)) bucket++;
  return base + bucket;
}
