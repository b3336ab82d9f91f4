import { type FusedAttentionBias, type Tensor2D, tf } from "@trivium/tensor";
import type { DistanceBias } from "./attention-kernel.ts";
import { relativeBucket } from "./relative-bucket.ts";

/** The distances, key position − query position, that occur, and the positions. */
export interface Distances {
  readonly leastDistance: number;
  readonly greatestDistance: number;
  /** int32, `[B or 1, Q]`. */
  readonly queryPositions: Tensor2D;
  /** int32, `[B or 1, K]`. */
  readonly keyPositions: Tensor2D;
}

/** A bias of distances as the fused kernel takes it; tfjs takes the gradient of its values back to a relative table. */
export function biasByDistance(bias: DistanceBias, of: Distances): FusedAttentionBias {
  const { greatestDistance, ...common } = of;
  const { leastDistance } = of;
  const distances = Array.from({ length: greatestDistance - leastDistance + 1 }, (_, at) => at + leastDistance);
  return { ...common, kind: "distance", values: valuesOf(bias, distances), trainable: bias.kind === "relative" };
}

/** The bias of each head at each distance, `[H, distances]`. */
function valuesOf(bias: DistanceBias, distances: readonly number[]): Tensor2D {
  if (bias.kind === "alibi") {
    return tf.tensor2d(bias.slopes.map((slope) => distances.map((distance) => -slope * Math.abs(distance))));
  }
  const { table, maxDistance, bidirectional } = bias;
  const bucketOf = relativeBucket({ buckets: table.shape[0], maxDistance, bidirectional });
  return tf.transpose(tf.gather(table, tf.tensor1d(distances.map(bucketOf), "int32"))) as Tensor2D;
}
