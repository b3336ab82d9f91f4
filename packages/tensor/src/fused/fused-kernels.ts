import type { FusedKernel } from "./fused-kernel.ts";

/** A kernel without its name and family, which follow from its place. */
type Definition = Omit<FusedKernel, "name" | "family">;

type Named<Family, Kernels> = {
  readonly [Key in keyof Kernels & string]: Kernels[Key] & {
    readonly name: `Trivium${Capitalize<Key>}`;
    readonly family: Family;
  };
};

/** The kernels of a family; each is named after its key. */
function ofFamily<const Family extends string, const Kernels extends Readonly<Record<string, Definition>>>(
  family: Family,
  kernels: Kernels,
): Named<Family, Kernels> {
  const named = Object.entries(kernels).map(([key, kernel]) => {
    const name = `Trivium${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    return [key, { ...kernel, name, family }];
  });
  return Object.fromEntries(named) as Named<Family, Kernels>;
}

const linear = { x: "float32", weight: "float32", bias: "float32?" } as const;
const activated = {
  attributes: { activation: ["gelu", "gelu-tanh", "relu", "silu", "tanh"], keepSlope: "boolean" },
  outputs: ["y", "slope?"],
} as const;
const crossEntropy = { labelSmoothing: "number", zLoss: "number" } as const;
const rows = { targets: "int32", weights: "float32" } as const;
const factored = { states: "float32", head: "float32", bias: "float32", ...rows } as const;
const attention = {
  heads: "number",
  groups: "number",
  scale: "number",
  blockQueries: "number",
  maskRows: "number",
  maskHeads: "number",
  bias: ["none", "dense", "distance"],
  biasGradient: "boolean",
  leastDistance: "number",
  rate: "number",
  seed: "number",
} as const;
const attentionInputs = {
  query: "float32",
  key: "float32",
  value: "float32",
  bias: "float32",
  plan: "int32",
  queryPositions: "int32",
  keyPositions: "int32",
} as const;

/**
 * The kernels that a backend may have in place of composed tfjs ops, by the op that runs each.
 *
 * A backend registers with tfjs, under `name`, all kernels of a `family` or none: the op of one kernel may run any other
 * of its family for the gradient. Shapes and formulas are those of the ops.
 */
export const fusedKernels = {
  ...ofFamily("linear", {
    /** `linear`: `x · weight (+ bias)`. */
    linear: { inputs: linear, attributes: {}, outputs: ["y"], gradient: { of: ["y"], saves: ["x", "weight"] } },
    /** `linear` with an activation; `slope`, where it is to be kept, is the activation's derivative. */
    linearActivation: { ...activated, inputs: linear, gradient: { of: ["y"], saves: ["x", "weight", "slope"] } },
    /** `linears`. Inputs: x, `count` weights, and as many biases or none. Outputs: one for each weight. */
    linears: {
      inputs: "float32[]",
      attributes: { count: "number" },
      outputs: "float32[]",
      gradient: { of: "outputs", saves: "inputs" },
    },
    /** `dx = dy · slope` and `sums`, its sums over all axes but the last. */
    activationGradient: { inputs: { dy: "float32", slope: "float32" }, attributes: {}, outputs: ["dx", "sums"] },
    /** `Σ dyᵢ · Wᵢᵀ`, `[…, M]`. Inputs: each dy `[…, Fᵢ]`, then each weight `[M, Fᵢ]`. */
    linearInputGradient: { inputs: "float32[]", attributes: {}, outputs: ["dx"] },
    /** `xᵀ · dy`, `[M, F]`, of `[…, M]` and `[…, F]`. */
    linearWeightGradient: { inputs: { x: "float32", dy: "float32" }, attributes: {}, outputs: ["dWeight"] },
    /** The sums over all axes but the last. */
    columnSums: { inputs: { x: "float32" }, attributes: {}, outputs: ["sums"] },
  }),
  ...ofFamily("activation", {
    /** `activation`; `slope`, where it is to be kept, is the derivative. */
    activation: { ...activated, inputs: { x: "float32" }, gradient: { of: ["y"], saves: ["slope"] } },
  }),
  ...ofFamily("norm", {
    /** `layerNorm`, or without a bias `rmsNorm`, which has no mean. */
    norm: {
      inputs: { x: "float32", gain: "float32", bias: "float32?" },
      attributes: { epsilon: "number" },
      outputs: ["y", "inverse", "mean?"],
      gradient: { of: ["y"], saves: ["x", "gain", "inverse", "mean"] },
    },
    /** `addNorm`: the norm of `sum = x + branch`. */
    addNorm: {
      inputs: { x: "float32", branch: "float32", gain: "float32", bias: "float32?" },
      attributes: { epsilon: "number" },
      outputs: ["y", "sum", "inverse", "mean?"],
      gradient: { of: ["y", "sum"], saves: ["gain", "sum", "inverse", "mean"] },
    },
    /** Gradients of both norms; `dSum` is added to `dx`. A bias is there where a mean is. */
    normGradient: {
      inputs: { dy: "float32", x: "float32", gain: "float32", inverse: "float32", mean: "float32?", dSum: "float32?" },
      attributes: {},
      outputs: ["dx", "dGain", "dBias?"],
    },
  }),
  ...ofFamily("softmax-cross-entropy", {
    /** `softmaxCrossEntropy`. */
    softmaxCrossEntropy: {
      inputs: { logits: "float32", ...rows },
      attributes: crossEntropy,
      outputs: ["losses", "logSumExp"],
      gradient: { of: ["losses"], saves: ["logits", "targets", "weights", "logSumExp"] },
    },
    softmaxCrossEntropyGradient: {
      inputs: { dLosses: "float32", logits: "float32", ...rows, logSumExp: "float32" },
      attributes: crossEntropy,
      outputs: ["dLogits"],
    },
  }),
  ...ofFamily("linear-cross-entropy", {
    /** `linearCrossEntropy`. A missing bias has no elements. */
    linearCrossEntropy: {
      inputs: factored,
      attributes: { ...crossEntropy, transposeHead: "boolean" },
      outputs: ["losses", "logSumExp"],
      gradient: { of: ["losses"], saves: ["states", "head", "bias", "targets", "weights", "logSumExp"] },
    },
    linearCrossEntropyGradient: {
      inputs: { dLosses: "float32", logSumExp: "float32", ...factored },
      attributes: { ...crossEntropy, transposeHead: "boolean" },
      outputs: ["dStates", "dHead", "dBias"],
    },
  }),
  ...ofFamily("masked-softmax", {
    /** `maskedSoftmax`. */
    maskedSoftmax: {
      inputs: { scores: "float32", visible: "bool" },
      attributes: { scale: "number" },
      outputs: ["probabilities"],
      gradient: { of: ["probabilities"], saves: ["probabilities"] },
    },
    maskedSoftmaxGradient: {
      inputs: { dy: "float32", probabilities: "float32" },
      attributes: { scale: "number" },
      outputs: ["dScores"],
    },
  }),
  ...ofFamily("attention", {
    /** `fusedAttention`. A missing bias, and positions where the bias is none by distance, have no elements. */
    attention: {
      inputs: attentionInputs,
      attributes: attention,
      outputs: ["output", "logSumExp"],
      gradient: {
        of: ["output"],
        saves: ["query", "key", "value", "bias", "plan", "queryPositions", "keyPositions", "output", "logSumExp"],
      },
    },
    /** `dBias` is of every row and head if dense; by distance of every row, part of the queries, and head. */
    attentionGradient: {
      inputs: { ...attentionInputs, output: "float32", logSumExp: "float32", dOutput: "float32" },
      attributes: attention,
      outputs: ["dQuery", "dKey", "dValue", "dBias?"],
    },
  }),
  ...ofFamily("dropout", {
    /** `dropout`, and its gradient: the same factors. */
    dropout: {
      inputs: { x: "float32" },
      attributes: { rate: "number", seed: "number" },
      outputs: ["y"],
      gradient: { of: ["y"], saves: [] },
    },
  }),
  ...ofFamily("adam-w", {
    /**
     * `adamWUpdate`. Inputs: all parameters, then all gradients, all first moments, all second moments. Outputs: the new
     * parameters, first moments and second moments, likewise; an output may hold the input's data.
     */
    adamW: {
      inputs: "float32[]",
      attributes: {
        learningRate: "number",
        beta1: "number",
        beta2: "number",
        epsilon: "number",
        correction1: "number",
        correction2: "number",
        gradientScale: "number",
        weightDecays: "number[]",
      },
      outputs: "float32[]",
    },
  }),
  ...ofFamily("write-slots", {
    /** `writeSlots`; the output may hold the data of `storage`. */
    writeSlots: {
      inputs: { storage: "float32", slots: "float32" },
      attributes: { runs: "number[]" },
      outputs: ["written"],
    },
  }),
  ...ofFamily("packed-weight", {
    /** `packWeight`: words, and scales of blocks. */
    packWeight: {
      inputs: { weight: "float32" },
      attributes: { format: ["bf16", "q8"] },
      outputs: ["words", "scales?"],
    },
    /** `packedLinear`: `f(x · W + b)`; blocks have scales. */
    packedLinear: {
      inputs: { x: "float32", words: "int32", scales: "int32?", bias: "float32?" },
      attributes: { activation: ["none", ...activated.attributes.activation] },
      outputs: ["y"],
    },
    /** `unpackRows`, of a list of ids. */
    packedRows: { inputs: { words: "int32", scales: "int32?", ids: "int32" }, attributes: {}, outputs: ["rows"] },
  }),
  ...ofFamily("squared-norms", {
    /** `squaredNorms`, of any number of tensors. */
    squaredNorms: { inputs: "float32[]", attributes: {}, outputs: ["norms"] },
  }),
} satisfies Readonly<Record<string, FusedKernel>>;

/** The op of a fused kernel: its key in `fusedKernels`. */
export type FusedKernelName = keyof typeof fusedKernels;

/** A family of fused kernels, which a backend has whole or not at all. */
export type FusedFamily = (typeof fusedKernels)[FusedKernelName]["family"];

/** The fused kernels of one family. */
export type KernelsOfFamily<Family extends FusedFamily> = {
  [Name in FusedKernelName]: (typeof fusedKernels)[Name]["family"] extends Family ? Name : never;
}[FusedKernelName];
