import { flattenTree, type ParameterTree, type Tensor, type Tensor1D, tf } from "@trivium/tensor";

/** The sum of squares of each tensor of the tree, `[number of tensors]`. */
export function squaredNorms(tree: ParameterTree): Tensor1D {
  return tf.tidy(() => tf.stack(Object.values(flattenTree(tree)).map(sumOfSquares)) as Tensor1D);
}

const sumOfSquares = (leaf: Tensor): Tensor => tf.sum(tf.square(leaf));

/** `√Σ squares`, added up in float64. */
export const normOf = (squares: Iterable<number>): number =>
  Math.sqrt([...squares].reduce((sum, square) => sum + square, 0));

/**
 * The global norm: the Euclidean norm of all tensors of a tree as one vector, `√Σ x²`.
 *
 * @source Pascanu et al. 2013, §3.2, https://arxiv.org/abs/1211.5063
 * @example await globalNorm({ w: tf.tensor([3, 4]) }) // => 5
 */
export async function globalNorm(tree: ParameterTree): Promise<number> {
  const squares = squaredNorms(tree);
  try {
    return normOf(await squares.data());
  } finally {
    squares.dispose();
  }
}

/**
 * What to multiply gradients with so that their global norm is at most `clipNorm`: `min(1, clipNorm / norm)`.
 *
 * @param clipNorm - undefined for no clipping.
 * @example clipFactor(4, 1) // => 0.25
 */
export const clipFactor = (norm: number, clipNorm: number | undefined): number =>
  clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1;
