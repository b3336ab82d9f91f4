import { validateWith } from "@trivium/registry";
import { tf } from "@trivium/tensor";
import { z } from "zod";
import type { Optimizer } from "./optimizer.ts";
import { groupsSchema, parameterGroups } from "./parameter-groups.ts";
import { zerosLike } from "./trees.ts";
import { floatsOfEach, sizeOf, updateEach } from "./update-each.ts";

export const sgdSchema = z.strictObject({
  /** μ, in [0, 1). 0 keeps no state. Default 0.9. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** Looks ahead by the momentum. Default false. */
  nesterov: z.boolean().default(false),
  /** λ, added to the gradient as `λp`. Default 0.01. */
  weightDecay: z.number().min(0).default(0.01),
  groups: groupsSchema,
});

/** Options of gradient descent. */
export type SgdOptions = z.input<typeof sgdSchema>;

/**
 * Stochastic gradient descent with momentum: `g ← g + λp`, `m ← μm + g`, `p ← p − η·m`, or `p ← p − η(g + μm)` with
 * Nesterov's look-ahead. The weight decay is part of the gradient, as in PyTorch, unlike AdamW's.
 *
 * Parameters of rank 2 and more decay, unless a group says otherwise.
 *
 * @throws {ConfigError} `trainer/sgd`, naming the option that is out of range.
 * @source Sutskever et al. 2013, §2, https://proceedings.mlr.press/v28/sutskever13.html, in the form of `torch.optim.SGD`
 * @example sgd({ nesterov: true }).settings.momentum // => 0.9
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const settings = validateWith(sgdSchema, options, { code: "trainer/sgd", what: "sgd" });
  const { momentum, nesterov, weightDecay } = settings;
  const groups = parameterGroups(weightDecay, settings.groups);
  return {
    name: "sgd",
    settings,
    isElementwise: () => true,
    floats: (shapes) => floatsOfEach(shapes, momentum === 0 ? () => 0 : sizeOf, 6),
    createState(parameters) {
      groups.assertFit(parameters);
      return momentum === 0 ? {} : { m: zerosLike(parameters) };
    },
    apply: (trained, gradients, { learningRate, gradientScale }) =>
      updateEach(trained, gradients, ({ path, parameter, gradient, state }) => {
        const { rate, weightDecay: decay } = groups.numbersOf(path, parameter.rank > 1);
        const slope = tf.add(tf.mul(gradient, gradientScale), tf.mul(parameter, decay));
        const moved = (direction: tf.Tensor) => tf.sub(parameter, tf.mul(direction, learningRate * rate));
        if (!state.m) return { parameter: moved(slope), state: {} };
        const m = tf.add(tf.mul(state.m, momentum), slope);
        return { parameter: moved(nesterov ? tf.add(slope, tf.mul(m, momentum)) : m), state: { m } };
      }),
  };
}
