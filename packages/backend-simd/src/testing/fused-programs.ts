import {
  type ActivationName,
  activation,
  addNorm,
  dropout,
  layerNorm,
  linear,
  linearCrossEntropy,
  linears,
  maskedSoftmax,
  rmsNorm,
  softmaxCrossEntropy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "@trivium/tensor";
import fc from "fast-check";
import { LEAST_CHUNK } from "../kernels/fused/linear-cross-entropy.ts";
import { booleans, floats, integers, positiveSize, seed, size } from "./arbitraries.ts";
import type { Given } from "./kernel-call.ts";

/** A tensor of those values. */
export const tensor = ({ values, shape, dtype }: Given): Tensor => tf.tensor(values, shape, dtype);

/** Inputs of a fused op, and a program that runs it on them. */
export interface FusedProgram {
  readonly inputs: readonly Given[];
  readonly run: (...inputs: Tensor[]) => Tensor;
}

const activations = fc.constantFrom<ActivationName>("gelu", "gelu-tanh", "relu", "silu", "tanh");

const rowsAndColumns = fc.record({ rows: positiveSize, columns: positiveSize, seed });

const norms = rowsAndColumns.map(({ rows, columns, seed: from }) => [
  floats([rows, columns], from),
  floats([columns], from + 1),
  floats([columns], from + 2),
]);

const crossEntropies = fc.record({
  // The composed oracle counts with oneHot, which refuses a vocabulary of one.
  shape: rowsAndColumns.map(({ columns, ...rest }) => ({ ...rest, columns: columns + 1 })),
  smoothing: fc.constantFrom(0, 0.1),
  zLoss: fc.constantFrom(0, 0.01),
});

/** One chunk of the vocabulary, a part of one, and several. */
const linearCrossEntropies = fc.record({
  rows: positiveSize,
  transpose: fc.boolean(),
  bias: fc.boolean(),
  seed,
  vocabulary: fc.constantFrom(2, 37, LEAST_CHUNK, 2 * LEAST_CHUNK + 5),
  smoothing: fc.constantFrom(0, 0.1),
  zLoss: fc.constantFrom(0, 0.01),
});

const attentions = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  heads: fc.integer({ min: 1, max: 3 }),
  queries: positiveSize,
  keys: positiveSize,
  oneBatch: fc.boolean(),
  oneHead: fc.boolean(),
  seed,
});

/** Every fused op but attention, by what it is. */
export const fusedPrograms: Readonly<Record<string, fc.Arbitrary<FusedProgram>>> = {
  activation: fc.record({ length: size, name: activations, seed }).map(({ length, name, seed: from }) => ({
    inputs: [floats([length], from)],
    run: (x) => activation(x!, name),
  })),
  linear: fc
    .record({
      rows: size,
      inner: positiveSize,
      columns: positiveSize,
      bias: fc.boolean(),
      seed,
      name: fc.option(activations, { nil: undefined }),
    })
    .map(({ rows, inner, columns, bias, name, seed: from }) => ({
      inputs: [
        floats([rows, inner], from, { scale: 1 }),
        floats([inner, columns], from + 1, { scale: 1 }),
        ...(bias ? [floats([columns], from + 2)] : []),
      ],
      run: (x, weight, added) =>
        linear(x!, weight as Tensor2D, added as Tensor1D | undefined, name ? { activation: name } : {}),
    })),
  "linear maps of one input": fc
    .record({ rows: size, inner: positiveSize, columns: positiveSize, bias: fc.boolean(), seed })
    .map(({ rows, inner, columns, bias, seed: from }) => ({
      inputs: [
        floats([2, rows, inner], from, { scale: 1 }),
        ...[columns, 7, columns].map((width, index) => floats([inner, width], from + 1 + index, { scale: 1 })),
        ...(bias ? [columns, 7, columns].map((width, index) => floats([width], from + 4 + index)) : []),
      ],
      run: (x, ...matrices) => {
        const maps = [0, 1, 2].map((index) => ({
          weight: matrices[index] as Tensor2D,
          bias: matrices[3 + index] as Tensor1D | undefined,
        }));
        return tf.concat(linears(x!, maps), -1);
      },
    })),
  "layer norm": norms.map((inputs) => ({
    inputs,
    run: (x, gain, bias) => layerNorm(x!, gain as Tensor1D, bias as Tensor1D, 1e-3),
  })),
  "root-mean-square norm": norms.map((inputs) => ({
    inputs: inputs.slice(0, 2),
    run: (x, gain) => rmsNorm(x!, gain as Tensor1D, 1e-3),
  })),
  "residual sum and layer norm": norms.map(([x, gain, bias]) => ({
    inputs: [x!, gain!, bias!],
    run: (at, by, added) => {
      const options = { gain: by as Tensor1D, bias: added as Tensor1D, epsilon: 1e-3 };
      const { sum, normalised } = addNorm(at!, tf.sin(at!), options);
      return tf.add(tf.mul(sum, 0.3), normalised);
    },
  })),
  "residual sum and root-mean-square norm, of which only the norm is used": norms.map(([x, gain]) => ({
    inputs: [x!, gain!],
    run: (at, by) => addNorm(at!, tf.sin(at!), { gain: by as Tensor1D, epsilon: 1e-3 }).normalised,
  })),
  "softmax cross-entropy": crossEntropies.map(({ shape: { rows, columns, seed: from }, smoothing, zLoss }) => {
    const weights = integers([rows], from + 2, 3);
    const constant = tensorLater({ ...weights, dtype: "float32", values: Float32Array.from(weights.values) });
    return {
      inputs: [floats([rows, columns], from), integers([rows], from + 1, columns)],
      run: (logits, targets) =>
        softmaxCrossEntropy(logits as Tensor2D, targets as Tensor1D, constant() as Tensor1D, {
          labelSmoothing: smoothing,
          zLoss,
        }),
    };
  }),
  "linear cross-entropy": linearCrossEntropies.map(
    ({ rows, vocabulary, transpose, bias, smoothing, zLoss, seed: from }) => {
      const weights = integers([rows], from + 2, 3);
      const constant = tensorLater({ ...weights, dtype: "float32", values: Float32Array.from(weights.values) });
      const shape = transpose ? [vocabulary, 7] : [7, vocabulary];
      return {
        inputs: [
          floats([rows, 7], from, { scale: 1 }),
          floats(shape, from + 3),
          integers([rows], from + 1, vocabulary),
          ...(bias ? [floats([vocabulary], from + 4)] : []),
        ],
        run: (states, weight, targets, added) =>
          linearCrossEntropy(
            {
              states: states as Tensor2D,
              head: { weight: weight as Tensor2D, transpose, bias: added as Tensor1D | undefined },
            },
            targets as Tensor1D,
            constant() as Tensor1D,
            { labelSmoothing: smoothing, zLoss },
          ),
      };
    },
  ),
  "masked softmax": attentions.map(({ batch, heads, queries, keys, oneBatch, oneHead, seed: from }) => {
    const full = [batch, heads, queries, keys];
    const visible = booleans([oneBatch ? 1 : batch, oneHead ? 1 : heads, queries, keys], from + 1);
    return {
      inputs: [floats(full, from), visible],
      run: (scores, shown) => maskedSoftmax({ scores: scores as Tensor4D, visible: shown as Tensor4D, scale: 0.3 }),
    };
  }),
  dropout: fc
    .record({ length: size, rate: fc.double({ min: 0.01, max: 0.95, noNaN: true }), seed })
    .map(({ length, rate, seed: from }) => ({
      inputs: [floats([length], from)],
      run: (x) => dropout(x!, { rate, seed: from }),
    })),
};

/** Weights take no gradient, so they are no input. */
function tensorLater(given: Given): () => Tensor {
  return () => tensor(given);
}
