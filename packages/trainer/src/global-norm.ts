import { flattenTree, type ParameterTree, squaredNorms } from "@trivium/tensor";

/** Returns `√Σ squares`, added up in float64. */
export const normOf = (squares: Iterable<number>): number =>
  Math.sqrt([...squares].reduce((sum, square) => sum + square, 0));

/**
 * Returns the global norm of a tree: the Euclidean norm of all its tensors as one vector, `√Σ x²`.
 *
 * @source Pascanu et al. 2013, §3.2, https://arxiv.org/abs/1211.5063
 * @example await globalNorm({ w: tf.tensor([3, 4]) }) // => 5
 */
export async function globalNorm(tree: ParameterTree): Promise<number> {
  const squares = squaredNorms(Object.values(flattenTree(tree)));
  try {
    return normOf(await squares.data());
  } finally {
    squares.dispose();
  }
}

/**
 * Returns the factor that brings the global norm of gradients down to `clipNorm`: `min(1, clipNorm / norm)`.
 *
 * @param clipNorm - 0 or undefined for no clipping.
 * @example clipFactor(4, 1) // => 0.25
 */
export const clipFactor = (norm: number, clipNorm: number | undefined): number =>
  clipNorm && norm > clipNorm ? clipNorm / norm : 1;
