import { type Tensor, type Tensor4D, tf } from "@trivium/tensor";

/**
 * The products of attention in which what is hidden has no influence, even where it is infinite or NaN: the terms that are
 * visible are selected, while a kernel multiplies the others by a weight of 0.
 *
 * @param visible - bool, `[B, H, Q, K]`.
 */
export const selectedProducts = (visible: Tensor4D) => ({
  /** `q·kᵀ` where visible, and 0 elsewhere: `[B, H, Q, D]`, `[B, H, K, D]` → `[B, H, Q, K]`. */
  scores: withGradients(visible, {
    product: (query, key, visible) => shown(tf.matMul(query, key, false, true), visible),
    gradients(dy, [query, key, visible]) {
      const gradient = shown(dy, visible);
      return [selected(gradient, key, visible), selected(turn(gradient), query, turn(visible))];
    },
  }),
  /** `weights·v`: `[B, H, Q, K]`, `[B, H, K, D]` → `[B, H, Q, D]`. */
  weighted: withGradients(visible, {
    product: selected,
    gradients: (dy, [weights, value, visible]) => [
      shown(tf.matMul(dy, value, false, true), visible),
      selected(turn(weights), dy, turn(visible)),
    ],
  }),
});

type Operands = [left: Tensor4D, right: Tensor4D, visible: Tensor4D];

interface Product {
  product(...operands: Operands): Tensor4D;
  gradients(dy: Tensor4D, operands: Operands): [Tensor4D, Tensor4D];
}

const turn = (x: Tensor4D): Tensor4D => tf.transpose(x, [0, 1, 3, 2]);
const shown = (x: Tensor4D, visible: Tensor4D): Tensor4D => tf.where(visible, x, tf.zerosLike(x));

/** The visibility is kept with the operands, since the scope that made it ends before the gradients are taken. */
function withGradients(visible: Tensor4D, { product, gradients }: Product) {
  return (left: Tensor4D, right: Tensor4D): Tensor4D => {
    const run = tf.customGrad((...given) => {
      const operands: Operands = [given[0] as Tensor4D, given[1] as Tensor4D, visible];
      const save = given[2] as (tensors: Tensor[]) => void;
      save(operands);
      const gradFunc = (dy: Tensor, saved: Tensor[]) => gradients(dy as Tensor4D, saved as Operands);
      return { value: product(...operands), gradFunc };
    });
    return run(left, right) as Tensor4D;
  };
}

/** The product of factors that are 0 where hidden, and values that are odd perhaps: finite terms, and then the odd ones. */
function selected(factors: Tensor4D, values: Tensor4D, visible: Tensor4D): Tensor4D {
  const regular = tf.equal(tf.sub(values, values), 0);
  const finite: Tensor4D = tf.matMul(factors, tf.where(regular, values, tf.zerosLike(values)));
  const occurs = (condition: Tensor, of: Tensor): Tensor =>
    tf.greater(tf.matMul(tf.cast(tf.logicalAnd(visible, condition), "float32"), tf.cast(of, "float32")), 0);
  const [positive, negative, zero] = [tf.greater(factors, 0), tf.less(factors, 0), tf.equal(factors, 0)];
  const [up, down] = [tf.equal(values, Number.POSITIVE_INFINITY), tf.equal(values, Number.NEGATIVE_INFINITY)];
  const terms: readonly (readonly [where: Tensor, term: number])[] = [
    [tf.logicalOr(occurs(positive, up), occurs(negative, down)), Number.POSITIVE_INFINITY],
    [tf.logicalOr(occurs(positive, down), occurs(negative, up)), Number.NEGATIVE_INFINITY],
    [occurs(zero, tf.logicalOr(up, down)), Number.NaN],
    [occurs(visible, tf.notEqual(values, values)), Number.NaN],
  ];
  return terms.reduce<Tensor4D>((sum, [where, term]) => tf.where(where, tf.add(sum, term), sum), finite);
}
