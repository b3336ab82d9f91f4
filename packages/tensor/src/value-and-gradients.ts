import { ShapeError } from "@trivium/core";
import { releaseBehind } from "./release-behind.ts";
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
    const { value, grads } = tf.engine().gradients(() => recorded(loss), Object.values(flat), undefined, true);
    const gradients = names.map((name, index) => {
      const gradient = grads[index] as Tensor | undefined | null;
      if (gradient) return gradient;
      unreached.push(name);
      return tf.zerosLike(flat[name]!);
    });
    return [value, ...gradients];
  });
  const [value, ...gradients] = results as [Scalar, ...Tensor[]];
  const byName = Object.fromEntries(names.map((name, index) => [name, gradients[index]!]));
  return { value, gradients: unflattenTree(byName), unreached };
}

function recorded(loss: () => Tensor): Scalar {
  const value = checkScalar(loss());
  const { activeTape, gradientDepth } = tf.engine().state;
  // A gradient of a gradient reads the inner tape's saved tensors once more.
  if (activeTape && gradientDepth === 1) releaseBehind(activeTape);
  return value;
}

function checkScalar(value: Tensor): Scalar {
  if (value.rank !== 0) {
    throw new ShapeError("gradients/scalar", `a loss is a scalar, got shape [${value.shape.join(", ")}]`);
  }
  return value as Scalar;
}
