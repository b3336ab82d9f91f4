import { UnsupportedError } from "@trivium/core";
import { type Tensor, type Tensor2D, type Tensor3D, type Tensor4D, tf } from "../tf.ts";
import type { AttentionPlan } from "./attention-plan.ts";
import type { FusedAttributes, FusedInputs } from "./fused-kernel.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";

/** The bias that is added to the scaled logits. */
export type FusedAttentionBias =
  /** `[B or 1, H or 1, Q, K]`. */
  | { readonly kind: "dense"; readonly values: Tensor4D }
  /** `values[h, key position − query position − leastDistance]`. */
  | {
      readonly kind: "distance";
      /** `[H, distances]`. */
      readonly values: Tensor2D;
      readonly leastDistance: number;
      /** int32, `[B or 1, Q]`. */
      readonly queryPositions: Tensor2D;
      /** int32, `[B or 1, K]`. */
      readonly keyPositions: Tensor2D;
      /** Whether gradients flow to the values. */
      readonly trainable: boolean;
    };

/** The tensors and numbers of one attention. */
export interface FusedAttentionRequest {
  /** `[B, H, Q, D]`, or `[B, Q, H·D]` as a projection leaves it. */
  readonly query: Tensor3D | Tensor4D;
  /** `[B, G, K, D]`, or `[B, K, G·D]`. */
  readonly key: Tensor3D | Tensor4D;
  /** The values, of the shape of `key`. */
  readonly value: Tensor3D | Tensor4D;
  /** H. */
  readonly heads: number;
  /** G, of which H is a multiple. */
  readonly groups: number;
  readonly plan: AttentionPlan;
  readonly bias?: FusedAttentionBias | undefined;
  /** Multiplier on the logits, dimensionless. */
  readonly scale: number;
  /** The dropout of the probabilities, as `dropout` of their whole `[B, H, Q, K]`. */
  readonly dropout?: { readonly rate: number; readonly seed: number } | undefined;
}

/**
 * Computes attention in one kernel, `softmax(q·kᵀ·scale + bias)·v` over the keys that a plan shows, without the matrix of
 * Q×K in forward or backward. A query that sees nothing gives 0.
 *
 * @returns a tensor of the shape of `query`.
 * @throws {UnsupportedError} `tensor/no-kernel` on a backend without the kernel; `tensor/listed-keys` when gradients are
 *   asked for, or dropout, where the plan lists keys.
 * @source online softmax: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867; backward by recomputation: Dao et
 *   al. 2022, https://arxiv.org/abs/2205.14135
 */
export function fusedAttention(request: FusedAttentionRequest): Tensor {
  const { query, key, value, heads, groups, plan, bias, scale, dropout } = request;
  if (plan.listsKeys && dropout) throw forwardAlone("dropout");
  const byDistance = bias?.kind === "distance" ? bias : undefined;
  const attributes: FusedAttributes<typeof fusedKernels.attention> = {
    heads,
    groups,
    scale,
    blockQueries: plan.blockQueries,
    maskRows: plan.rows,
    maskHeads: plan.heads,
    bias: bias?.kind ?? "none",
    biasGradient: byDistance?.trainable ?? bias !== undefined,
    leastDistance: byDistance?.leastDistance ?? 0,
    rate: dropout?.rate ?? 0,
    seed: (dropout?.seed ?? 0) | 0,
  };
  return tf.tidy(() => {
    const nothing = (dtype: "float32" | "int32"): Tensor => tf.tensor1d([], dtype);
    const inputs = {
      query,
      key,
      value,
      bias: bias?.values ?? nothing("float32"),
      plan: tf.tensor1d(plan.words, "int32"),
      queryPositions: byDistance?.queryPositions ?? nothing("int32"),
      keyPositions: byDistance?.keyPositions ?? nothing("int32"),
    };
    return plan.listsKeys ? runForward(inputs, attributes) : run(inputs, attributes)[0];
  });
}

/** Runs the kernel where there is no backward pass, and says so to who asks for one. */
function runForward(
  inputs: FusedInputs<typeof fusedKernels.attention, Tensor>,
  attributes: FusedAttributes<typeof fusedKernels.attention>,
): Tensor {
  const attend = tf.customGrad((query, key, value) => ({
    value: run({ ...inputs, query, key, value } as typeof inputs, attributes)[0],
    gradFunc() {
      throw forwardAlone("gradients");
    },
  }));
  return attend(inputs.query, inputs.key, inputs.value);
}

const forwardAlone = (wanted: string): UnsupportedError =>
  new UnsupportedError(
    "tensor/listed-keys",
    `a plan that lists keys, as decoding has it after a fork, is for the forward pass alone and knows no ${wanted}; take the mask's own plan (attentionPlan)`,
  );

const run = defineFusedOp(fusedKernels.attention, {
  backward([dOutput], saved, attributes) {
    const gradients = runFused(fusedKernels.attentionGradient, { ...saved, dOutput }, attributes);
    const [dQuery, dKey, dValue, dBias] = gradients;
    return {
      query: () => dQuery,
      key: () => dKey,
      value: () => dValue,
      bias: () => sumToBias(dBias, saved.bias),
      plan: () => tf.zeros([1]),
      queryPositions: () => tf.zeros([1]),
      keyPositions: () => tf.zeros([1]),
    };
  },
});

/** Sums the kernel's gradients of every row (and part, by distance) over the places that share a bias value. */
function sumToBias(gradient: Tensor | undefined, { shape }: Tensor): Tensor {
  if (gradient === undefined) return tf.zeros(shape);
  if (shape.length === 2) return tf.sum(gradient, [0, 1]);
  const axes = [0, 1].filter((axis) => shape[axis] === 1 && gradient.shape[axis]! > 1);
  return axes.length === 0 ? gradient : tf.sum(gradient, axes, true);
}
