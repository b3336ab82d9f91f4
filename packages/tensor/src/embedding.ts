import { assertShapes } from "@trivium/core";
import { isPacked, unpackRows, type Weight } from "./packed-weight.ts";
import { type Tensor, tf } from "./tf.ts";

/**
 * The rows of a table: `output[…, :] = table[ids[…], :]`. Its gradient adds up where an id repeats.
 *
 * @param table - `[V, M]`, or packed, which has no gradient.
 * @param ids - `[…]` int32, each in [0, V).
 * @returns `[…, M]`.
 * @throws {ShapeError} `embedding/shapes`
 */
export function embedding(table: Weight, ids: Tensor): Tensor {
  if (isPacked(table)) return unpackRows(table, ids);
  assertShapes("embedding/shapes", { table: [table.shape, "V M"] });
  const rows = tf.gather(table, tf.reshape(ids, [-1]) as tf.Tensor1D);
  return tf.reshape(rows, [...ids.shape, table.shape[1]]);
}
