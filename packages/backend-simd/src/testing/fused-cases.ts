import { type FusedKernelName, fusedKernels } from "@trivium/tensor";
import fc from "fast-check";
import { LEAST_CHUNK } from "../kernels/fused/linear-cross-entropy.ts";
import { booleans, floats, integers, positiveSize, seed } from "./arbitraries.ts";
import type { Given, KernelCall } from "./kernel-call.ts";
import type { KernelCase } from "./kernel-case.ts";

type Call = Pick<KernelCall, "inputs" | "attributes">;
type Draw = (rows: number, columns: number, from: number) => Call;

function fused(name: FusedKernelName, draw: Draw): [string, KernelCase] {
  const { name: kernelName } = fusedKernels[name];
  const calls = fc
    // More rows than a panel has, too: sums over rows are cut between panels.
    .record({ rows: fc.oneof(positiveSize, fc.constantFrom(65, 130)), columns: positiveSize, seed })
    .map(({ rows, columns, seed: from }) => ({ kernelName, ...draw(rows, columns, from), accelerated: true }));
  return [kernelName, { calls }];
}

/** Named float32 inputs, each with its own values. */
const all = (from: number, shapes: Readonly<Record<string, number[]>>): Record<string, Given> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape], index) => [name, floats(shape, from + index)]));

const activations = ["gelu", "gelu-tanh", "relu", "silu", "tanh"];
const crossEntropy = { labelSmoothing: 0.1, zLoss: 1e-3 };
/** One chunk of it, or several. */
const vocabularyOf = (size: number, from: number): number => (from % 3 ? 2 * LEAST_CHUNK + size : size);
const rates = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  correction1: 0.1,
  correction2: 0.01,
  gradientScale: 0.5,
};

/** Two finite numbers of 16 bits a word, in bfloat16 or float16. */
function finiteHalves(shape: number[], from: number): Given {
  const { values, ...given } = integers(shape, from, 2 ** 30);
  return { ...given, values: Int32Array.from(values, (word) => word & 0x3fff3fff) };
}

/** A matrix of 64 inputs in bf16. */
const packedInputs = 64;
const packedWords = (outputs: number, from: number) => ({ words: finiteHalves([outputs, packedInputs / 2], from) });

/** Words of `AttentionPlan` for one matrix: visits of up to 64 keys, with random bits where they are odd ones. */
function attentionPlan(queries: number, keys: number, blockQueries: number, from: number): Given {
  const blocks = Math.ceil(queries / blockQueries);
  const starts = Array.from({ length: Math.ceil(keys / 64) }, (_, index) => 64 * index);
  const headerWords = 2 * blocks + 3 * blocks * starts.length;
  const bits = integers([2 * blockQueries], from, 2 ** 31).values;
  const words: number[] = [];
  for (let block = 0; block < blocks; block++) words.push(2 * blocks + 3 * block * starts.length, starts.length);
  for (let block = 0; block < blocks; block++) {
    starts.forEach((start, index) => {
      // A visit of fewer than 64 keys would need bits without those that there are not.
      const odd = (block + index) % 2 === 1 && keys - start >= 64;
      words.push(start, Math.min(64, keys - start), odd ? headerWords : 0);
    });
  }
  return { shape: [headerWords + bits.length], dtype: "int32", values: Int32Array.from([...words, ...bits]) };
}

/** Several blocks of queries and visits of keys, for 4 heads over 2 groups, with a bias by distance and dropout. */
function attentionCall(queries: number, columns: number, from: number): Call {
  const [batch, keys, width] = [2, 5 * columns, 1 + (from % 11)];
  const positions = (length: number): Given => ({
    shape: [1, length],
    dtype: "int32",
    values: Int32Array.from({ length }, (_, at) => at % 37),
  });
  return {
    inputs: {
      ...all(from, {
        query: [batch, 4, queries, width],
        key: [batch, keys, 2 * width],
        value: [batch, keys, 2 * width],
      }),
      ...all(from + 3, { bias: [4, 80], output: [batch, 4, queries, width], dOutput: [batch, 4, queries, width] }),
      ...all(from + 6, { logSumExp: [batch, 4, queries] }),
      plan: attentionPlan(queries, keys, 6, from),
      queryPositions: positions(queries),
      keyPositions: positions(keys),
    },
    attributes: {
      heads: 4,
      groups: 2,
      scale: 0.3,
      blockQueries: 6,
      maskRows: 1,
      maskHeads: 1,
      bias: "distance",
      biasGradient: true,
      leastDistance: -40,
      rate: 0.2,
      seed: from,
    },
  };
}

/** Random calls of the fused kernels, which the cpu backend lacks: for comparing simd backends with each other. */
export const fusedCases: Readonly<Record<string, KernelCase>> = Object.fromEntries([
  fused("linear", (m, n, from) => ({
    inputs: all(from, { x: [m, 9], weight: [9, n], bias: [n] }),
  })),
  fused("linearActivation", (m, n, from) => ({
    inputs: all(from, { x: [m, 9], weight: [9, n], bias: [n] }),
    attributes: { activation: activations[from % 5]!, keepSlope: true },
  })),
  fused("linears", (m, n, from) => ({
    inputs: Object.values(all(from, { x: [m, 9], w0: [9, n], w1: [9, 7], ...(from % 2 ? { b0: [n], b1: [7] } : {}) })),
    attributes: { count: 2 },
  })),
  fused("linearInputGradient", (m, n, from) => ({
    inputs: Object.values(all(from, { dy0: [m, n], dy1: [m, 7], w0: [9, n], w1: [9, 7] })),
  })),
  fused("linearWeightGradient", (m, n, from) => ({ inputs: all(from, { x: [m, 9], dy: [m, n] }) })),
  fused("columnSums", (r, m, from) => ({ inputs: all(from, { x: [r, m] }) })),
  fused("activation", (r, m, from) => ({
    inputs: all(from, { x: [r, m] }),
    attributes: { activation: activations[from % 5]!, keepSlope: from % 3 > 0 },
  })),
  fused("activationGradient", (r, m, from) => ({ inputs: all(from, { dy: [r, m], slope: [r, m] }) })),
  fused("norm", (r, m, from) => ({
    inputs: all(from, { x: [r, m], gain: [m], ...(from % 2 ? { bias: [m] } : {}) }),
    attributes: { epsilon: 1e-5 },
  })),
  fused("packWeight", (r, _, from) => ({
    inputs: all(from, { weight: [r, packedInputs] }),
    attributes: { format: from % 2 ? "bf16" : "q8" },
  })),
  fused("packedLinear", (r, m, from) => ({
    inputs: { ...all(from, { x: [r, packedInputs], ...(from % 2 ? { bias: [m] } : {}) }), ...packedWords(m, from) },
    attributes: { activation: from % 3 ? "none" : "relu" },
  })),
  fused("packedRows", (r, m, from) => ({ inputs: { ...packedWords(m, from), ids: integers([r], from, m) } })),
  fused("addNorm", (r, m, from) => ({
    inputs: all(from, { x: [r, m], branch: [r, m], gain: [m], ...(from % 2 ? { bias: [m] } : {}) }),
    attributes: { epsilon: 1e-5 },
  })),
  fused("normGradient", (r, m, from) => ({
    inputs: all(from, {
      dy: [r, m],
      x: [r, m],
      gain: [m],
      inverse: [r],
      ...(from % 2 ? { mean: [r] } : {}),
      ...(from % 3 ? { dSum: [r, m] } : {}),
    }),
  })),
  fused("softmaxCrossEntropy", (r, v, from) => ({
    inputs: { ...all(from, { logits: [r, v], weights: [r] }), targets: integers([r], from, v) },
    attributes: crossEntropy,
  })),
  fused("softmaxCrossEntropyGradient", (r, v, from) => ({
    inputs: {
      ...all(from, { logits: [r, v], weights: [r], dLosses: [r], logSumExp: [r] }),
      targets: integers([r], from, v),
    },
    attributes: crossEntropy,
  })),
  fused("linearCrossEntropy", (r, v, from) => {
    const vocabulary = vocabularyOf(v, from);
    const head = from % 2 ? [vocabulary, 5] : [5, vocabulary];
    return {
      inputs: {
        ...all(from, { states: [r, 5], head, bias: [from % 5 ? vocabulary : 0], weights: [r] }),
        targets: integers([r], from, vocabulary),
      },
      attributes: { ...crossEntropy, transposeHead: from % 2 === 1 },
    };
  }),
  fused("linearCrossEntropyGradient", (r, v, from) => {
    const vocabulary = vocabularyOf(v, from);
    const head = from % 2 ? [vocabulary, 5] : [5, vocabulary];
    return {
      inputs: {
        ...all(from, {
          states: [r, 5],
          head,
          bias: [from % 5 ? vocabulary : 0],
          weights: [r],
          dLosses: [r],
          logSumExp: [r],
        }),
        targets: integers([r], from, vocabulary),
      },
      attributes: { ...crossEntropy, transposeHead: from % 2 === 1 },
    };
  }),
  fused("maskedSoftmax", (q, k, from) => ({
    inputs: { ...all(from, { scores: [2, 3, q, k] }), visible: booleans([2, 1, q, k], from) },
    attributes: { scale: 0.5 },
  })),
  fused("maskedSoftmaxGradient", (q, k, from) => ({
    inputs: all(from, { dy: [2, 3, q, k], probabilities: [2, 3, q, k] }),
    attributes: { scale: 0.5 },
  })),
  fused("attention", attentionCall),
  fused("attentionGradient", attentionCall),
  fused("dropout", (r, m, from) => ({
    inputs: all(from, { x: [r, m] }),
    attributes: { rate: 0.3, seed: from },
  })),
  fused("writeSlots", (r, m, from) => ({
    inputs: all(from, { storage: [r + 6, m], slots: [3, m] }),
    attributes: { runs: [2 + (from % 3), 2, from % 2, 1] },
  })),
  fused("adamW", (r, m, from) => {
    const shapes = [[r, m], [m], [5000]];
    const tensors = [...shapes, ...shapes, ...shapes].map((shape, index) => floats(shape, from + index));
    const seconds = shapes.map((shape, index) => {
      const v = floats(shape, from + 90 + index);
      return { ...v, values: v.values.map(Math.abs) };
    });
    return { inputs: [...tensors, ...seconds], attributes: { ...rates, weightDecays: [0, 0.1, 0.01] } };
  }),
  fused("squaredNorms", (r, m, from) => ({ inputs: all(from, { a: [r, m], b: [m], c: [5000] }) })),
]);
