import { ConfigError } from "@trivium/core";

export interface RelativeBucketOptions {
  /** How many buckets there are, the rows of the table. */
  readonly buckets: number;
  /** Distances from here on share the last bucket. */
  readonly maxDistance: number;
  /** Whether future keys have the upper half of the buckets; else they all fall in bucket 0. */
  readonly bidirectional: boolean;
}

/**
 * T5's bucket of a relative position, as a function of `key position − query position`.
 *
 * Half of the buckets (of each direction) hold one distance each; from `e = that half` on, distance `d` falls in
 * `e + ⌊ln(d/e) / ln(maxDistance/e) · (n − e)⌋`, at most `n − 1`, where `n` is the number of buckets of the direction.
 *
 * Without `bidirectional`, every future key is in bucket 0. A causal stack never sees one, but a prefix does, and then
 * cannot tell how far ahead it is. Flaxformer's prefix models are so, x-transformers' are bidirectional: parity with
 * their weights needs the flag.
 *
 * @returns a function to an integer in [0, buckets).
 * @throws {ConfigError} `attention/relative-buckets` if the buckets cannot be laid out.
 * @source Raffel et al. 2020, §2.1, https://arxiv.org/abs/1910.10683, as in `_relative_position_bucket` of
 *   mesh-tensorflow and Hugging Face transformers
 * @example relativeBucket({ buckets: 32, maxDistance: 128, bidirectional: true })(-20) // => 10
 */
export function relativeBucket(options: RelativeBucketOptions): (relative: number) => number {
  const { buckets, maxDistance, bidirectional } = options;
  const perDirection = bidirectional ? Math.floor(buckets / 2) : buckets;
  const exact = Math.floor(perDirection / 2);
  if (!Number.isInteger(buckets) || exact < 1 || !(maxDistance > exact)) {
    const least = bidirectional ? 4 : 2;
    throw new ConfigError(
      "attention/relative-buckets",
      `relative positions need at least ${least} buckets and a maxDistance beyond the ${exact} exact ones, ` +
        `got ${buckets} buckets and maxDistance ${maxDistance}`,
      { details: { ...options } },
    );
  }
  const ofDistance = Array.from({ length: Math.ceil(maxDistance) }, (_, distance) =>
    distance < exact ? distance : logarithmicBucket(distance, exact, perDirection, maxDistance),
  );
  return (relative) => {
    if (relative > 0 && !bidirectional) return 0;
    const bucket = ofDistance[Math.abs(relative)] ?? perDirection - 1;
    return relative > 0 ? bucket + perDirection : bucket;
  };
}

function logarithmicBucket(distance: number, exact: number, buckets: number, maxDistance: number): number {
  const share = Math.log(distance / exact) / Math.log(maxDistance / exact);
  return Math.min(buckets - 1, exact + Math.floor(share * (buckets - exact)));
}
