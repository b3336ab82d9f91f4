import { linearAttention } from "@trivium/attention";
import type { Mask } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import type { InContextSequence } from "./draw-sequence.ts";

/** Layers of linear attention whose weights are constructed, not trained. */
export interface ConstructedOptions {
  /** The mask over examples and queries. */
  readonly mask: Mask;
  /** η / n. */
  readonly rate: number;
  readonly layers: number;
}

/**
 * Runs layers `Z ← Z + P·attention(QZ, KZ, VZ)` of linear attention over tokens `z = (x; y)`, `(x; 0)` for queries, with
 * `K = Q = diag(I, 0)`, `V = diag(0, −1)` and `P = η/n·I`: each takes one step of gradient descent, and the last
 * coordinate of a query is minus its prediction.
 *
 * @param sequences - of one shape, with one output.
 * @returns the squared error on the queries after 0, 1, … `layers` layers of each sequence, `[sequences][layers + 1]`.
 * @source Ding et al. 2024, §3, https://arxiv.org/abs/2308.06912, after von Oswald et al. 2023
 * @example constructedErrors(sequences, { mask, rate: 0.04, layers: 50 })[0].at(-1)
 */
export function constructedErrors(
  sequences: readonly InContextSequence[],
  { mask, rate, layers }: ConstructedOptions,
): Float64Array[] {
  const errors = sequences.map(() => new Float64Array(layers + 1));
  let tokens = tokensOf(sequences);
  try {
    for (let layer = 0; layer <= layers; layer++) {
      const outputs = tokens.dataSync();
      for (const [row, sequence] of sequences.entries()) errors[row]![layer] = errorOf(sequence, row, outputs);
      if (layer === layers) break;
      const next = tf.tidy(() => constructedLayer(tokens, mask, rate));
      tokens.dispose();
      tokens = next;
    }
  } finally {
    tokens.dispose();
  }
  return errors;
}

/** `[B, 1, n + queries, d + 1]`: what is asked for is 0. */
function tokensOf(sequences: readonly InContextSequence[]): Tensor4D {
  const { width, examples, queries } = sequences[0] as InContextSequence;
  const rows = examples + queries;
  const values = new Float32Array(sequences.length * rows * (width + 1));
  for (const [index, { inputs, targets }] of sequences.entries()) {
    for (let row = 0; row < rows; row++) {
      const at = (index * rows + row) * (width + 1);
      values.set(inputs.subarray(row * width, (row + 1) * width), at);
      if (row < examples) values[at + width] = targets[row] as number;
    }
  }
  return tf.tensor4d(values, [sequences.length, 1, rows, width + 1]);
}

function constructedLayer(tokens: Tensor4D, mask: Mask, rate: number): Tensor4D {
  const width = tokens.shape[3] - 1;
  const diagonal = (ofInputs: number, ofTarget: number) =>
    tf.tensor1d(Array.from({ length: width + 1 }, (_, at) => (at < width ? ofInputs : ofTarget)));
  const inputs = tf.mul<Tensor4D>(tokens, diagonal(1, 0));
  const value = tf.mul<Tensor4D>(tokens, diagonal(0, -1));
  const attended = linearAttention({ query: inputs, key: inputs, value, mask });
  return tf.add(tokens, tf.mul(attended, rate));
}

function errorOf({ width, examples, queries, targets }: InContextSequence, index: number, outputs: ArrayLike<number>) {
  const rows = examples + queries;
  let sum = 0;
  for (let row = examples; row < rows; row++) {
    const prediction = -outputs[(index * rows + row) * (width + 1) + width]!;
    sum += (targets[row]! - prediction) ** 2;
  }
  return sum / queries;
}
