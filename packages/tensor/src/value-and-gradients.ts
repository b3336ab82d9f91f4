import { ShapeError } from "@trivium/core";
import { gradientsOnOwnTape } from "./gradients-on-own-tape.ts";
import { type Scalar, type Tensor, tf } from "./tf.ts";
import { flattenTree, type ParameterTree, unflattenTree } from "./tree.ts";

export interface ValueAndGradients {
  readonly value: Scalar;
  /** A tree of the same shape as the parameters. */
  readonly gradients: ParameterTree;
  /** Paths of the parameters that the loss does not reach; their gradients are zeros. */
  readonly unreached: readonly string[];
}

/**
 * A loss and its gradient with respect to every parameter of a tree.
 *
 * Only the value and the gradients outlive the call. A parameter that the loss does not reach has a gradient of zeros
 * and is named in `unreached`; tfjs's own `grads` would throw.
 *
 * @param loss - returns a scalar; called once, with the parameters' own tensors.
 * @throws {ShapeError} `gradients/scalar` if the loss is not a scalar.
 * @example valueAndGradients(() => tf.sum(tf.square(parameters.w)), parameters).gradients.w
 */
export function valueAndGradients(loss: () => Tensor, parameters: ParameterTree): ValueAndGradients {
  const flat = flattenTree(parameters);
  const names = Object.keys(flat);
  const unreached: string[] = [];
  const results = tf.tidy(() => {
    const taken = gradientsOnOwnTape(() => checkScalar(loss()), Object.values(flat));
    const gradients = names.map((name, index) => {
      const gradient = taken.gradients[index];
      if (gradient) return gradient;
      unreached.push(name);
      return tf.zerosLike(flat[name]!);
    });
    return [taken.value, ...gradients];
  });
  const [value, ...gradients] = results as [Scalar, ...Tensor[]];
  const byName = Object.fromEntries(names.map((name, index) => [name, gradients[index]!]));
  return { value, gradients: unflattenTree(byName), unreached };
}

function checkScalar(value: Tensor): Scalar {
  if (value.rank !== 0) {
    throw new ShapeError("gradients/scalar", `a loss is a scalar, got shape [${value.shape.join(", ")}]`);
  }
  return value as Scalar;
}
