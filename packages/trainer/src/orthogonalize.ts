import { type Tensor3D, tf } from "@trivium/tensor";

/** Coefficients of `aσ + bσ³ + cσ⁵`, which is steep at 0 and stays within (0.7, 1.2) after five rounds. */
const [a, b, c] = [3.4445, -4.775, 2.0315];

const rounds = 5;

/**
 * Brings all singular values of each matrix near 1 (0.7 to 1.2) by five Newton–Schulz rounds `X ← aX + (bA + cA²)X`,
 * `A = XXᵀ`, from `X = G ÷ ‖G‖`: `UΣVᵀ` becomes almost `UVᵀ`.
 *
 * @param matrices - `[N, rows, columns]`.
 * @returns `[N, rows, columns]`; a matrix of zeros stays one.
 * @source Jordan et al. 2024, https://kellerjordan.github.io/posts/muon
 * @example orthogonalize(tf.tensor3d([[[3, 0], [0, 3]]])).shape // => [1, 2, 2]
 */
export function orthogonalize(matrices: Tensor3D): Tensor3D {
  const [, rows, columns] = matrices.shape;
  return tf.tidy(() => {
    const wide = rows > columns ? tf.transpose(matrices, [0, 2, 1]) : matrices;
    const norms = tf.sqrt(tf.sum(tf.square(wide), [1, 2], true));
    let x = tf.div(wide, tf.add(norms, 1e-7)) as Tensor3D;
    for (let round = 0; round < rounds; round++) {
      x = tf.tidy(() => {
        const gram = tf.matMul(x, x, false, true);
        const polynomial = tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c)) as Tensor3D;
        return tf.add(tf.mul(x, a), tf.matMul(polynomial, x));
      });
    }
    return rows > columns ? tf.transpose(x, [0, 2, 1]) : x;
  });
}
