import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor2D, tf } from "./tf.ts";

/**
 * The rows of a table: `output[…, :] = table[ids[…], :]`. Its gradient adds up where an id repeats.
 *
 * @param table - `[V, M]`.
 * @param ids - `[…]` int32, each in [0, V).
 * @returns `[…, M]`.
 * @throws {ShapeError} `embedding/shapes`
 */
export function embedding(table: Tensor2D, ids: Tensor): Tensor {
  assertShapes("embedding/shapes", { table: [table.shape, "V M"] });
  const rows = tf.gather(table, tf.reshape(ids, [-1]) as tf.Tensor1D);
  return tf.reshape(rows, [...ids.shape, table.shape[1]]);
}
