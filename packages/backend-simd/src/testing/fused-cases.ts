import fc from "fast-check";
import { booleans, floats, integers, positiveSize, seed } from "./arbitraries.ts";
import type { KernelCase } from "./kernel-cases.ts";
import type { Given, KernelCall } from "./kernel-pair.ts";

type Call = Pick<KernelCall, "inputs" | "attributes">;
type Draw = (rows: number, columns: number, from: number) => Call;

const fused = (kernelName: string, draw: Draw): [string, KernelCase] => [
  kernelName,
  {
    calls: fc
      .record({ rows: positiveSize, columns: positiveSize, seed })
      .map(({ rows, columns, seed: from }) => ({ kernelName, ...draw(rows, columns, from), accelerated: true })),
  },
];

/** Named float32 inputs, each with its own values. */
const all = (from: number, shapes: Readonly<Record<string, number[]>>): Record<string, Given> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape], index) => [name, floats(shape, from + index)]));

const activations = ["gelu", "gelu-tanh", "relu", "silu"];
const crossEntropy = { labelSmoothing: 0.1, zLoss: 1e-3 };
const rates = {
  ...{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 },
  ...{ correction1: 0.1, correction2: 0.01, gradientScale: 0.5 },
};

/** Random calls of the fused kernels, which the cpu backend lacks: for comparing simd backends with each other. */
export const fusedCases: Readonly<Record<string, KernelCase>> = Object.fromEntries([
  fused("TriviumLinear", (m, n, from) => ({
    inputs: all(from, { x: [m, 9], weight: [9, n], bias: [n] }),
  })),
  fused("TriviumLinearActivation", (m, n, from) => ({
    inputs: all(from, { x: [m, 9], weight: [9, n], bias: [n] }),
    attributes: { activation: activations[from % 4]!, keepSlope: true },
  })),
  fused("TriviumActivation", (r, m, from) => ({
    inputs: all(from, { x: [r, m] }),
    attributes: { activation: activations[from % 4]!, keepSlope: from % 3 > 0 },
  })),
  fused("TriviumActivationGradient", (r, m, from) => ({ inputs: all(from, { dy: [r, m], slope: [r, m] }) })),
  fused("TriviumLayerNorm", (r, m, from) => ({
    inputs: all(from, { x: [r, m], gain: [m], bias: [m] }),
    attributes: { epsilon: 1e-5 },
  })),
  fused("TriviumLayerNormGradient", (r, m, from) => ({
    inputs: all(from, { dy: [r, m], x: [r, m], gain: [m], mean: [r], inverseDeviation: [r] }),
  })),
  fused("TriviumRmsNorm", (r, m, from) => ({
    inputs: all(from, { x: [r, m], gain: [m] }),
    attributes: { epsilon: 1e-5 },
  })),
  fused("TriviumRmsNormGradient", (r, m, from) => ({
    inputs: all(from, { dy: [r, m], x: [r, m], gain: [m], inverseRms: [r] }),
  })),
  fused("TriviumSoftmaxCrossEntropy", (r, v, from) => ({
    inputs: { ...all(from, { logits: [r, v], weights: [r] }), targets: integers([r], from, v) },
    attributes: crossEntropy,
  })),
  fused("TriviumSoftmaxCrossEntropyGradient", (r, v, from) => ({
    inputs: {
      ...all(from, { logits: [r, v], weights: [r], dLosses: [r], logSumExp: [r] }),
      targets: integers([r], from, v),
    },
    attributes: crossEntropy,
  })),
  fused("TriviumMaskedSoftmax", (q, k, from) => ({
    inputs: { ...all(from, { scores: [2, 3, q, k] }), visible: booleans([2, 1, q, k], from) },
    attributes: { scale: 0.5 },
  })),
  fused("TriviumMaskedSoftmaxGradient", (q, k, from) => ({
    inputs: all(from, { dy: [2, 3, q, k], probabilities: [2, 3, q, k] }),
    attributes: { scale: 0.5 },
  })),
  fused("TriviumDropout", (r, m, from) => ({
    inputs: all(from, { x: [r, m] }),
    attributes: { rate: 0.3, seed: from },
  })),
  fused("TriviumAdamW", (r, m, from) => {
    const v = floats([r, m], from + 9);
    return {
      inputs: {
        ...all(from, { parameter: [r, m], gradient: [r, m], m: [r, m] }),
        v: { ...v, values: v.values.map(Math.abs) },
      },
      attributes: rates,
    };
  }),
]);
