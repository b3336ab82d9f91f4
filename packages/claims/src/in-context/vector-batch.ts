import type { VectorInput } from "@trivium/model";
import { type Tensor3D, tf } from "@trivium/tensor";
import type { InContextSequence } from "./draw-sequence.ts";

/** Sequences as a batch whose tokens are vectors: `(y; x)` for an example, `(0; x)` for a query. */
export interface VectorBatch {
  /** B, the number of sequences. */
  readonly size: number;
  /** Number of examples of each sequence. */
  readonly prefixLengths: readonly number[];
  /** The numbers of each stream, `[B, L, outputs + d]`. */
  readonly vectors: Readonly<
    Record<string, { readonly values: Float32Array; readonly shape: [number, number, number] }>
  >;
  /** The targets of the queries, `[B, queries, outputs]`. */
  readonly answers: Float32Array;
  readonly sequences: readonly InContextSequence[];
  /** Number of queries of all sequences: only queries carry loss. */
  readonly supervisedTokens: number;
  /** Number of examples and queries of all sequences. */
  readonly seenTokens: number;
}

/** A batch of sequences of one shape. A single stream holds examples and queries; of two the first holds the examples. */
export function vectorBatch(sequences: readonly InContextSequence[], streams: readonly string[]): VectorBatch {
  const { examples, queries, outputs } = sequences[0] as InContextSequence;
  const rows = examples + queries;
  const size = sequences.length;
  const cuts = streams.length === 1 ? [0, rows] : [0, examples, rows];
  const vectors = streams.map((stream, at) => {
    const [from, to] = cuts.slice(at) as [number, number];
    return [stream, vectorsOf(sequences, from, to)] as const;
  });
  const answers = new Float32Array(size * queries * outputs);
  for (const [index, { targets }] of sequences.entries()) {
    answers.set(targets.subarray(examples * outputs), index * queries * outputs);
  }
  return {
    size,
    sequences,
    answers,
    prefixLengths: new Array<number>(size).fill(examples),
    vectors: Object.fromEntries(vectors),
    supervisedTokens: size * queries,
    seenTokens: size * rows,
  };
}

function vectorsOf(sequences: readonly InContextSequence[], from: number, to: number) {
  const { width, outputs, examples } = sequences[0] as InContextSequence;
  const shape: [number, number, number] = [sequences.length, to - from, outputs + width];
  const values = new Float32Array(shape[0] * shape[1] * shape[2]);
  let at = 0;
  for (const { inputs, targets } of sequences) {
    for (let row = from; row < to; row++, at += shape[2]) {
      if (row < examples) values.set(targets.subarray(row * outputs, (row + 1) * outputs), at);
      values.set(inputs.subarray(row * width, (row + 1) * width), at + outputs);
    }
  }
  return { values, shape };
}

/** The batch as tensors of the scope that is open. */
export const vectorInput = ({ size, vectors, prefixLengths }: VectorBatch): VectorInput => ({
  size,
  streams: Object.fromEntries(
    Object.entries(vectors).map(([stream, { values, shape }]) => [stream, tf.tensor3d(values, shape)]),
  ),
  prefixLengths,
});

/** Returns the predictions at the queries, the last positions of the last stream: `[B, queries, outputs]`. */
export function atQueries(predictions: Tensor3D, { sequences }: VectorBatch): Tensor3D {
  const [size, length, outputs] = predictions.shape;
  const { queries } = sequences[0] as InContextSequence;
  return length === queries ? predictions : tf.slice(predictions, [0, length - queries, 0], [size, queries, outputs]);
}
