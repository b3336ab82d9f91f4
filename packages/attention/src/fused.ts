import { type Reason, UnsupportedError } from "@trivium/core";
import {
  type AttentionGrain,
  activeTraits,
  type Backend,
  type FusedAttentionBias,
  fusedAttention,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "@trivium/tensor";
import { attendOddKeys, hasOddKeys } from "./attend-odd-keys.ts";
import { withHeadsSplit } from "./attend-projected.ts";
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
import { mergeHeads } from "./heads.ts";
import { projectedHeadWidth } from "./projected-head-width.ts";

/**
 * Creates the fused kernel: attention as one kernel of the backend, forward and backward, whatever the mask.
 *
 * Like `blockwise` the kernel never builds Q×K and keeps only the log-sum-exp of each query. Keys that a mask hides cost
 * nothing, at the grain of the backend's tiles (`Backend.attentionGrain`), and where a mask shows everything it is not
 * looked at. A backend without such a kernel is refused, by `supports` and when it runs.
 *
 * @throws {UnsupportedError} `attention/no-fused-kernel` when it runs on a backend without fused attention,
 *   `attention/fused-soft-cap` for a request with a soft cap.
 * @source online softmax: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867; backward by recomputation: Dao et
 *   al. 2022, appendix B, https://arxiv.org/abs/2205.14135; masks as blocks: He et al. 2024,
 *   https://arxiv.org/abs/2412.05496
 * @example fused().attend({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function fused(): AttentionKernel {
  const kernel: AttentionKernel = {
    name: "fused",
    supports: ({ backend, softCap }) =>
      softCap ? noSoftCap : backend === undefined || hasFamily(backend) || lacksKernel(backend.name),
    attend(request) {
      assertUncapped(request);
      const shape = attentionShape(request);
      return tf.tidy(() =>
        hasOddKeys(request) ? attendOddKeys(request, shape) : (attendFused(request, shape) as Tensor4D),
      );
    },
    attendProjected(request) {
      assertUncapped(request);
      const shape = attentionShape(shapesOf(request));
      return tf.tidy(() =>
        hasOddKeys(request)
          ? mergeHeads(attendOddKeys(withHeadsSplit(request), shape))
          : (attendFused(request, shape) as Tensor3D),
      );
    },
    attendPages(request) {
      assertUncapped(request);
      grainOfBackend();
      return attendFusedPages(request);
    },
  };
  made.add(kernel);
  return kernel;
}

const made = new WeakSet<AttentionKernel>();

/** Tells if a kernel is one of `fused()` as it is: a program of the backend may then attend in its place. */
export const isFused = (kernel: AttentionKernel): boolean => made.has(kernel);

/** An attention kernel that a default chose, and why. */
export interface ChosenAttention {
  readonly name: "fused" | "reference";
  readonly why: string;
}

/**
 * Chooses the kernel for a backend where none was asked for: `fused` if the backend has it, else `reference`.
 *
 * @example defaultAttention(cpu).why // => 'backend "cpu" has no fused attention'
 */
export const defaultAttention = (backend: Pick<Backend, "name" | "fused">): ChosenAttention =>
  hasFamily(backend)
    ? { name: "fused", why: `backend "${backend.name}" has attention as one kernel` }
    : { name: "reference", why: `backend "${backend.name}" has no fused attention` };

const hasFamily = ({ fused }: Pick<Backend, "fused">): boolean => fused.includes("attention");

const lacksKernel = (backend: string): Reason => ({
  code: "attention/no-fused-kernel",
  message: `backend "${backend}" has no fused attention; use the attention kernel "reference" or "blockwise", or the backend "simd"`,
});

const noSoftCap: Reason = {
  code: "attention/fused-soft-cap",
  message: 'the attention kernel "fused" has no soft cap; use "blockwise" or "reference"',
};

function assertUncapped({ softCap }: Pick<AttentionRequest, "softCap">): void {
  if (softCap !== undefined) throw new UnsupportedError(noSoftCap.code, noSoftCap.message);
}

/** @throws {UnsupportedError} `attention/no-fused-kernel` */
function grainOfBackend(): AttentionGrain {
  const { attentionGrain } = activeTraits();
  if (attentionGrain) return attentionGrain;
  const { code, message } = lacksKernel(tf.getBackend());
  throw new UnsupportedError(code, message);
}

function attendFused(request: AttentionRequest | ProjectedAttentionRequest, shape: AttentionShape): Tensor {
  const { query, key, value, mask, dropout } = request;
  const plan = attentionPlan(mask, shape, grainOfBackend());
  const bias = request.bias && describeBias(request.bias);
  const scale = attentionScale(request, shape);
  return fusedAttention({ query, key, value, heads: shape.H, groups: shape.G, plan, bias, scale, dropout });
}

/** Returns the shapes that a projected request has once its heads are split, for the checks that all kernels share. */
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
