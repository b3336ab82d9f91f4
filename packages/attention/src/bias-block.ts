import type { Range } from "@trivium/masks";
import { type Tensor, type Tensor1D, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionBias, PositionRows } from "./attention-kernel.ts";
import { relativeBucket } from "./relative-bucket.ts";

/** A block of the matrix of queries and keys. */
export interface Block {
  readonly queries: Range;
  readonly keys: Range;
}

type RelativeBias = Extract<AttentionBias, { kind: "relative" }>;
type AlibiBias = Extract<AttentionBias, { kind: "alibi" }>;
type Positions = Pick<AlibiBias, "queryPositions" | "keyPositions">;

/**
 * The bias of one block, in ops that tfjs differentiates.
 *
 * @returns `[B or 1, H or 1, block queries, block keys]`.
 */
export function biasBlock(bias: AttentionBias, block: Block): Tensor4D {
  if (bias.kind === "dense") return sliceBlock(bias.values, block);
  return bias.kind === "relative" ? relativeBlock(bias, block) : alibiBlock(bias, block);
}

/** The part of `[…, …, Q, K]` that lies in a block. */
function sliceBlock(values: Tensor4D, { queries, keys }: Block): Tensor4D {
  const [rows, heads] = values.shape;
  const sizes: [number, number, number, number] = [rows, heads, lengthOf(queries), lengthOf(keys)];
  return tf.slice(values, [0, 0, queries.start, keys.start], sizes);
}

/** How many positions a range holds. */
export const lengthOf = ({ start, end }: Range): number => end - start;

function relativeBlock(bias: RelativeBias, block: Block): Tensor4D {
  const { ids, shape } = bucketIds(bias, block);
  const picked = tf.gather(bias.table, tf.tensor1d(ids, "int32"));
  return tf.transpose(tf.reshape(picked, [...shape, bias.table.shape[1]]), [0, 3, 1, 2]) as Tensor4D;
}

/**
 * The gradient of a relative bias's table, from the gradient of one block of logits.
 *
 * @param gradient - `[B, H, block queries, block keys]`.
 * @returns `[buckets, H]`.
 */
export function relativeTableGradient(bias: RelativeBias, block: Block, gradient: Tensor4D): Tensor {
  const { ids, shape } = bucketIds(bias, block);
  const perRow = shape[0] === 1 ? tf.sum(gradient, 0, true) : gradient;
  const [buckets, heads] = bias.table.shape;
  const columns = tf.reshape(tf.transpose(perRow, [0, 2, 3, 1]), [-1, heads]);
  return tf.unsortedSegmentSum(columns, tf.tensor1d(ids, "int32") as Tensor1D, buckets);
}

function bucketIds(bias: RelativeBias, block: Block): { ids: Int32Array; shape: [number, number, number] } {
  const { table, maxDistance, bidirectional } = bias;
  const bucketOf = relativeBucket({ buckets: table.shape[0], maxDistance, bidirectional });
  return mapPairs(bias, block, (size) => new Int32Array(size), bucketOf);
}

function alibiBlock(bias: AlibiBias, block: Block): Tensor4D {
  const negated = (relative: number): number => -Math.abs(relative);
  const { ids, shape } = mapPairs(bias, block, (size) => new Float32Array(size), negated);
  const [rows, queries, keys] = shape;
  const slopes = tf.tensor4d([...bias.slopes], [1, bias.slopes.length, 1, 1]);
  return tf.mul(tf.tensor4d(ids, [rows, 1, queries, keys]), slopes);
}

/** `value(key position − query position)` of every pair of a block: `[rows, block queries, block keys]`. */
function mapPairs<Values extends Int32Array | Float32Array>(
  { queryPositions, keyPositions }: Positions,
  { queries, keys }: Block,
  allocate: (size: number) => Values,
  value: (relative: number) => number,
): { ids: Values; shape: [number, number, number] } {
  const rows = Math.max(queryPositions.length, keyPositions.length);
  const shape: [number, number, number] = [rows, lengthOf(queries), lengthOf(keys)];
  const values = allocate(shape[0] * shape[1] * shape[2]);
  let index = 0;
  for (let row = 0; row < rows; row++) {
    const ofQueries = rowOf(queryPositions, row);
    const ofKeys = rowOf(keyPositions, row);
    for (let q = queries.start; q < queries.end; q++) {
      for (let k = keys.start; k < keys.end; k++) values[index++] = value(ofKeys[k]! - ofQueries[q]!);
    }
  }
  return { ids: values, shape };
}

const rowOf = (positions: PositionRows, row: number): readonly number[] => positions[positions.length === 1 ? 0 : row]!;
