import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "./tf.ts";

/**
 * Affine map over the last axis: `x · W + b`.
 *
 * The leading axes become one row axis first: tfjs has no gradient for a product whose batch axes broadcast.
 *
 * @param x - `[…, M]`.
 * @param weight - `[M, F]`.
 * @param bias - `[F]`, or none.
 * @returns `[…, F]`.
 * @throws {ShapeError} `linear/shapes`
 */
export function linear(x: Tensor, weight: Tensor2D, bias?: Tensor1D): Tensor {
  const width = x.shape.at(-1) ?? 1;
  const isFlat = x.rank === 2;
  const rows = (isFlat ? x : tf.reshape(x, [-1, width])) as Tensor2D;
  assertShapes("linear/shapes", {
    x: [rows.shape, "_ M"],
    weight: [weight.shape, "M F"],
    ...(bias ? { bias: [bias.shape, "F"] } : {}),
  });
  const output = bias ? tf.fused.matMul({ a: rows, b: weight, bias }) : tf.matMul(rows, weight);
  return isFlat ? output : tf.reshape(output, [...x.shape.slice(0, -1), weight.shape[1]!]);
}
