import {
  type FusedAttentionBias,
  fusedAttention,
  hasFusedAttention,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "@trivium/tensor";
import { attendProjected } from "./attend-projected.ts";
import type {
  AttentionBias,
  AttentionKernel,
  AttentionRequest,
  PositionRows,
  ProjectedAttentionRequest,
} from "./attention-kernel.ts";
import { attentionPlan } from "./attention-plan.ts";
import { type AttentionShape, attentionScale, attentionShape, type ShapedRequest } from "./attention-shape.ts";
import { biasByDistance } from "./bias-by-distance.ts";
import { attendFusedPages } from "./fused-pages.ts";
import { projectedHeadWidth } from "./projected-head-width.ts";
import { reference } from "./reference.ts";

/**
 * The fused kernel: attention as one kernel of the backend, forward and backward, whatever the mask; `reference` where
 * the backend has none.
 *
 * Like `blockwise` the kernel never builds Q×K and keeps only the log-sum-exp of each query; what a mask hides costs nothing, at
 * a grain of 6 queries and 8 keys, and where it shows everything it is not looked at.
 *
 * @source online softmax: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867; backward by recomputation: Dao et
 *   al. 2022, appendix B, https://arxiv.org/abs/2205.14135; masks as blocks: He et al. 2024,
 *   https://arxiv.org/abs/2412.05496
 * @example fused().attend({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function fused(): AttentionKernel {
  const elsewhere = reference();
  return {
    name: "fused",
    supports: () => true,
    attend(request) {
      if (!hasFusedAttention()) return elsewhere.attend(request);
      const shape = attentionShape(request);
      return tf.tidy(() => attendFused(request, shape) as Tensor4D);
    },
    attendProjected(request) {
      if (!hasFusedAttention()) return attendProjected(elsewhere, request);
      const shape = attentionShape(shapesOf(request));
      return tf.tidy(() => attendFused(request, shape) as Tensor3D);
    },
    attendPages: (request) => (hasFusedAttention() ? attendFusedPages(request) : undefined),
  };
}

function attendFused(request: AttentionRequest | ProjectedAttentionRequest, shape: AttentionShape): Tensor {
  const { query, key, value, mask, bias, dropout } = request;
  return fusedAttention({
    ...{ query, key, value, heads: shape.H, groups: shape.G, dropout },
    plan: attentionPlan(mask, shape),
    bias: bias && describeBias(bias),
    scale: attentionScale(request, shape),
  });
}

/** The shapes that a projected request has once its heads are split, for the checks that all kernels share. */
function shapesOf(request: ProjectedAttentionRequest): ShapedRequest {
  const { heads: _, query, key, value, ...rest } = request;
  const headWidth = projectedHeadWidth(request);
  const split = ({ shape }: Tensor): { shape: number[]; rank: number } => {
    if (shape.length !== 3) return { shape, rank: shape.length };
    const [batch, length, width] = shape as [number, number, number];
    return { shape: [batch, width / headWidth, length, headWidth], rank: 4 };
  };
  return { ...rest, query: split(query), key: split(key), value: split(value) };
}

function describeBias(bias: AttentionBias): FusedAttentionBias {
  if (bias.kind === "dense") return bias;
  const { queryPositions, keyPositions } = bias;
  const [firstQuery, lastQuery] = extremes(queryPositions);
  const [firstKey, lastKey] = extremes(keyPositions);
  return biasByDistance(bias, {
    leastDistance: firstKey - lastQuery,
    greatestDistance: lastKey - firstQuery,
    queryPositions: tf.tensor2d(queryPositions as number[][], undefined, "int32"),
    keyPositions: tf.tensor2d(keyPositions as number[][], undefined, "int32"),
  });
}

function extremes(positions: PositionRows): [least: number, greatest: number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of positions) {
    for (const position of row) {
      least = Math.min(least, position);
      greatest = Math.max(greatest, position);
    }
  }
  return [least, greatest];
}
