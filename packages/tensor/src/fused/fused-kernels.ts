import type { FusedKernel } from "./fused-kernel.ts";

const norm = { family: "norm", attributes: { epsilon: "number" } } as const;
const crossEntropy = { labelSmoothing: "number", zLoss: "number" } as const;
const activation = ["gelu", "gelu-tanh", "relu", "silu", "tanh"] as const;
const attention = {
  family: "attention",
  attributes: {
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
  },
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
  /** `linear`: `x · weight (+ bias)`. */
  linear: {
    name: "TriviumLinear",
    family: "linear",
    inputs: { x: "float32", weight: "float32", bias: "float32?" },
    attributes: {},
    outputs: ["y"],
    gradient: { of: ["y"], saves: ["x", "weight"] },
  },
  /** `linear` with an activation; `slope`, where it is to be kept, is the activation's derivative. */
  linearActivation: {
    name: "TriviumLinearActivation",
    family: "linear",
    inputs: { x: "float32", weight: "float32", bias: "float32?" },
    attributes: { activation, keepSlope: "boolean" },
    outputs: ["y", "slope?"],
    gradient: { of: ["y"], saves: ["x", "weight", "slope"] },
  },
  /** `linears`. Inputs: x, `count` weights, and as many biases or none. Outputs: one for each weight. */
  linears: {
    name: "TriviumLinears",
    family: "linear",
    inputs: "float32[]",
    attributes: { count: "number" },
    outputs: "float32[]",
    gradient: { of: "outputs", saves: "inputs" },
  },
  /** `dx = dy · slope` and `sums`, its sums over all axes but the last. */
  activationGradient: {
    name: "TriviumActivationGradient",
    family: "linear",
    inputs: { dy: "float32", slope: "float32" },
    attributes: {},
    outputs: ["dx", "sums"],
  },
  /** `Σ dyᵢ · Wᵢᵀ`, `[…, M]`. Inputs: each dy `[…, Fᵢ]`, then each weight `[M, Fᵢ]`. */
  linearInputGradient: {
    name: "TriviumLinearInputGradient",
    family: "linear",
    inputs: "float32[]",
    attributes: {},
    outputs: ["dx"],
  },
  /** `xᵀ · dy`, `[M, F]`, of `[…, M]` and `[…, F]`. */
  linearWeightGradient: {
    name: "TriviumLinearWeightGradient",
    family: "linear",
    inputs: { x: "float32", dy: "float32" },
    attributes: {},
    outputs: ["dWeight"],
  },
  /** The sums over all axes but the last. */
  columnSums: {
    name: "TriviumColumnSums",
    family: "linear",
    inputs: { x: "float32" },
    attributes: {},
    outputs: ["sums"],
  },
  /** `activation`; `slope`, where it is to be kept, is the derivative. */
  activation: {
    name: "TriviumActivation",
    family: "activation",
    inputs: { x: "float32" },
    attributes: { activation, keepSlope: "boolean" },
    outputs: ["y", "slope?"],
    gradient: { of: ["y"], saves: ["slope"] },
  },
  /** `layerNorm`, or without a bias `rmsNorm`, which has no mean. */
  norm: {
    ...norm,
    name: "TriviumNorm",
    inputs: { x: "float32", gain: "float32", bias: "float32?" },
    outputs: ["y", "inverse", "mean?"],
    gradient: { of: ["y"], saves: ["x", "gain", "inverse", "mean"] },
  },
  /** `addNorm`: the norm of `sum = x + branch`. */
  addNorm: {
    ...norm,
    name: "TriviumAddNorm",
    inputs: { x: "float32", branch: "float32", gain: "float32", bias: "float32?" },
    outputs: ["y", "sum", "inverse", "mean?"],
    gradient: { of: ["y", "sum"], saves: ["gain", "sum", "inverse", "mean"] },
  },
  /** Gradients of both norms; `dSum` is added to `dx`. A bias is there where a mean is. */
  normGradient: {
    name: "TriviumNormGradient",
    family: "norm",
    inputs: { dy: "float32", x: "float32", gain: "float32", inverse: "float32", mean: "float32?", dSum: "float32?" },
    attributes: {},
    outputs: ["dx", "dGain", "dBias?"],
  },
  /** `softmaxCrossEntropy`. */
  softmaxCrossEntropy: {
    name: "TriviumSoftmaxCrossEntropy",
    family: "softmax-cross-entropy",
    inputs: { logits: "float32", targets: "int32", weights: "float32" },
    attributes: crossEntropy,
    outputs: ["losses", "logSumExp"],
    gradient: { of: ["losses"], saves: ["logits", "targets", "weights", "logSumExp"] },
  },
  softmaxCrossEntropyGradient: {
    name: "TriviumSoftmaxCrossEntropyGradient",
    family: "softmax-cross-entropy",
    inputs: { dLosses: "float32", logits: "float32", targets: "int32", weights: "float32", logSumExp: "float32" },
    attributes: crossEntropy,
    outputs: ["dLogits"],
  },
  /** `linearCrossEntropy`. A missing bias has no elements. */
  linearCrossEntropy: {
    name: "TriviumLinearCrossEntropy",
    family: "linear-cross-entropy",
    inputs: { states: "float32", head: "float32", bias: "float32", targets: "int32", weights: "float32" },
    attributes: { ...crossEntropy, transposeHead: "boolean" },
    outputs: ["losses", "logSumExp"],
    gradient: { of: ["losses"], saves: ["states", "head", "bias", "targets", "weights", "logSumExp"] },
  },
  linearCrossEntropyGradient: {
    name: "TriviumLinearCrossEntropyGradient",
    family: "linear-cross-entropy",
    inputs: {
      dLosses: "float32",
      logSumExp: "float32",
      states: "float32",
      head: "float32",
      bias: "float32",
      targets: "int32",
      weights: "float32",
    },
    attributes: { ...crossEntropy, transposeHead: "boolean" },
    outputs: ["dStates", "dHead", "dBias"],
  },
  /** `maskedSoftmax`. */
  maskedSoftmax: {
    name: "TriviumMaskedSoftmax",
    family: "masked-softmax",
    inputs: { scores: "float32", visible: "bool" },
    attributes: { scale: "number" },
    outputs: ["probabilities"],
    gradient: { of: ["probabilities"], saves: ["probabilities"] },
  },
  maskedSoftmaxGradient: {
    name: "TriviumMaskedSoftmaxGradient",
    family: "masked-softmax",
    inputs: { dy: "float32", probabilities: "float32" },
    attributes: { scale: "number" },
    outputs: ["dScores"],
  },
  /** `fusedAttention`. A missing bias, and positions where the bias is none by distance, have no elements. */
  attention: {
    ...attention,
    name: "TriviumAttention",
    inputs: attentionInputs,
    outputs: ["output", "logSumExp"],
    gradient: {
      of: ["output"],
      saves: ["query", "key", "value", "bias", "plan", "queryPositions", "keyPositions", "output", "logSumExp"],
    },
  },
  /** `dBias` is of every row and head if dense; by distance of every row, part of the queries, and head. */
  attentionGradient: {
    ...attention,
    name: "TriviumAttentionGradient",
    inputs: { ...attentionInputs, output: "float32", logSumExp: "float32", dOutput: "float32" },
    outputs: ["dQuery", "dKey", "dValue", "dBias?"],
  },
  /** `dropout`, and its gradient: the same factors. */
  dropout: {
    name: "TriviumDropout",
    family: "dropout",
    inputs: { x: "float32" },
    attributes: { rate: "number", seed: "number" },
    outputs: ["y"],
    gradient: { of: ["y"], saves: [] },
  },
  /**
   * `adamWUpdate`. Inputs: all parameters, then all gradients, all first moments, all second moments. Outputs: the new
   * parameters, first moments and second moments, likewise; an output may hold the input's data.
   */
  adamW: {
    name: "TriviumAdamW",
    family: "adam-w",
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
  /** `writeSlots`; the output may hold the data of `storage`. */
  writeSlots: {
    name: "TriviumWriteSlots",
    family: "write-slots",
    inputs: { storage: "float32", slots: "float32" },
    attributes: { runs: "number[]" },
    outputs: ["written"],
  },
  /** `squaredNorms`, of any number of tensors. */
  squaredNorms: {
    name: "TriviumSquaredNorms",
    family: "squared-norms",
    inputs: "float32[]",
    attributes: {},
    outputs: ["norms"],
  },
} as const satisfies Readonly<Record<string, FusedKernel>>;

/** The op of a fused kernel: its key in `fusedKernels`. */
export type FusedKernelName = keyof typeof fusedKernels;

/** A family of fused kernels, which a backend has whole or not at all. */
export type FusedFamily = (typeof fusedKernels)[FusedKernelName]["family"];

/** The fused kernels of one family. */
export type KernelsOfFamily<Family extends FusedFamily> = {
  [Name in FusedKernelName]: (typeof fusedKernels)[Name]["family"] extends Family ? Name : never;
}[FusedKernelName];
