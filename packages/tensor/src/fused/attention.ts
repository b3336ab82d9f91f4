import { type Tensor, type Tensor2D, type Tensor3D, type Tensor4D, tf } from "../tf.ts";
import { declareStatistics, hasKernel } from "./fused-kernel.ts";

/** The kernel names under which a backend registers attention and its gradient. */
const kernelName = "TriviumAttention";
const gradientKernelName = "TriviumAttentionGradient";

/**
 * Which keys each query looks at, lowered from a mask for one length of queries and keys.
 *
 * A matrix (that of a mask's row and head) is cut into blocks of queries, and what a block sees into visits: runs of at
 * most 64 keys. `words` holds, for each matrix and each of its query blocks, the index of the first visit's words and
 * the number of visits; for each visit the first key, the number of keys, and the index of its bits, or 0 where every
 * query of the block sees all of them; and bits: for each query of the block 64, the lowest first, of which one is set
 * for each key that it sees.
 */
export interface AttentionPlan {
  readonly words: Int32Array;
  readonly blockQueries: number;
  /** 1, or one for each row of the batch; heads likewise. */
  readonly rows: number;
  readonly heads: number;
}

/** What is added to the scaled logits. */
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

export interface FusedAttentionRequest {
  /** `[B, H, Q, D]`, or `[B, Q, H·D]` as a projection leaves it. */
  readonly query: Tensor3D | Tensor4D;
  /** `[B, G, K, D]`, or `[B, K, G·D]`. */
  readonly key: Tensor3D | Tensor4D;
  /** Of the shape of `key`. */
  readonly value: Tensor3D | Tensor4D;
  /** H. */
  readonly heads: number;
  /** G, of which H is a multiple. */
  readonly groups: number;
  readonly plan: AttentionPlan;
  readonly bias?: FusedAttentionBias | undefined;
  /** Multiplier on the logits, dimensionless. */
  readonly scale: number;
  /** Dropout of the probabilities: as `dropout` of their whole `[B, H, Q, K]`. */
  readonly dropout?: { readonly rate: number; readonly seed: number } | undefined;
}

/** The attributes of the kernels. */
export interface AttentionAttributes {
  readonly heads: number;
  readonly groups: number;
  readonly scale: number;
  readonly blockQueries: number;
  readonly maskRows: number;
  readonly maskHeads: number;
  readonly bias: "none" | FusedAttentionBias["kind"];
  readonly biasGradient: boolean;
  readonly leastDistance: number;
  /** 0 for no dropout. */
  readonly rate: number;
  readonly seed: number;
}

/** Whether the active backend has attention as one kernel. */
export const hasFusedAttention = (): boolean => hasKernel(kernelName);

/**
 * Attention in one kernel, `softmax(q·kᵀ·scale + bias)·v` over the keys that a plan shows, without the matrix of Q×K
 * in forward or backward; a query that sees nothing gives 0. Only where the backend `hasFusedAttention`.
 *
 * @returns of the shape of `query`.
 * @source online softmax: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867; backward by recomputation: Dao et
 *   al. 2022, https://arxiv.org/abs/2205.14135
 */
export function fusedAttention(request: FusedAttentionRequest): Tensor {
  const { query, key, value, heads, groups, plan, bias, scale, dropout } = request;
  const byDistance = bias?.kind === "distance" ? bias : undefined;
  const attributes: AttentionAttributes = {
    ...{ heads, groups, scale, blockQueries: plan.blockQueries, maskRows: plan.rows, maskHeads: plan.heads },
    ...{ bias: bias?.kind ?? "none", biasGradient: byDistance?.trainable ?? bias !== undefined },
    ...{ leastDistance: byDistance?.leastDistance ?? 0, rate: dropout?.rate ?? 0, seed: (dropout?.seed ?? 0) | 0 },
  };
  return tf.tidy(() => {
    const nothing = (dtype: "float32" | "int32"): Tensor => tf.tensor1d([], dtype);
    const inputs = {
      ...{ query, key, value, bias: bias?.values ?? nothing("float32"), plan: tf.tensor1d(plan.words, "int32") },
      queryPositions: byDistance?.queryPositions ?? nothing("int32"),
      keyPositions: byDistance?.keyPositions ?? nothing("int32"),
    };
    return (tf.engine().runKernel(kernelName, inputs, { ...attributes }) as unknown as Tensor[])[0]!;
  });
}

const savedInputs = ["query", "key", "value", "bias", "plan", "queryPositions", "keyPositions"] as const;

declareStatistics(kernelName, 1);
tf.registerGradient({
  kernelName,
  inputsToSave: [...savedInputs],
  outputsToSave: [true, true],
  gradFunc(dy, saved, attributes) {
    const inputs = Object.fromEntries(savedInputs.map((name, index) => [name, saved[index]!]));
    const [output, logSumExp] = saved.slice(savedInputs.length) as [Tensor, Tensor];
    const [dOutput] = dy as Tensor[];
    const all = { ...inputs, output, logSumExp, dOutput: dOutput! };
    const gradients = tf.engine().runKernel(gradientKernelName, all, attributes) as unknown as Tensor[];
    const [dQuery, dKey, dValue, dBias] = gradients as [Tensor, Tensor, Tensor, Tensor?];
    return {
      query: () => dQuery,
      key: () => dKey,
      value: () => dValue,
      bias: () => sumToBias(dBias, inputs.bias!),
      ...Object.fromEntries(["plan", "queryPositions", "keyPositions"].map((name) => [name, () => tf.zeros([1])])),
    };
  },
});

/** The kernel's gradients of every row (and part, by distance), summed over what shares a value. */
function sumToBias(gradient: Tensor | undefined, { shape }: Tensor): Tensor {
  if (gradient === undefined) return tf.zeros(shape);
  if (shape.length === 2) return tf.sum(gradient, [0, 1]);
  const axes = [0, 1].filter((axis) => shape[axis] === 1 && gradient.shape[axis]! > 1);
  return axes.length === 0 ? gradient : tf.sum(gradient, axes, true);
}
