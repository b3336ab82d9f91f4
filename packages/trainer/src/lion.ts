import { validateWith } from "@trivium/registry";
import { tf } from "@trivium/tensor";
import { z } from "zod";
import type { Optimizer } from "./optimizer.ts";
import { groupsSchema, parameterGroups } from "./parameter-groups.ts";
import { zerosLike } from "./trees.ts";
import { floatsOfEach, sizeOf, updateEach } from "./update-each.ts";

export const lionSchema = z.strictObject({
  /** Share of the momentum in the direction of an update, in [0, 1). Default 0.9. */
  beta1: z.number().min(0).lt(1).default(0.9),
  /** Decay of the momentum, in [0, 1). Default 0.99. */
  beta2: z.number().min(0).lt(1).default(0.99),
  /** λ, per unit of learning rate. Default 0.01. */
  weightDecay: z.number().min(0).default(0.01),
  groups: groupsSchema,
});

/** Options of Lion. */
export type LionOptions = z.input<typeof lionSchema>;

/**
 * Lion: `p ← (1 − ηλ)p − η · sign(β₁m + (1−β₁)g)`, `m ← β₂m + (1−β₂)g`. Each element moves by η, so the learning rate is
 * three to ten times smaller than AdamW's, and the weight decay larger by the same factor. Half of AdamW's state.
 *
 * Parameters of rank 2 and more decay, unless a group says otherwise.
 *
 * @throws {ConfigError} `trainer/lion`, naming the option that is out of range.
 * @source Chen et al. 2023, algorithm 2, https://arxiv.org/abs/2302.06675
 * @example lion({ weightDecay: 0.1 }).settings.beta2 // => 0.99
 */
export function lion(options: LionOptions = {}): Optimizer {
  const settings = validateWith(lionSchema, options, { code: "trainer/lion", what: "lion" });
  const { beta1, beta2, weightDecay } = settings;
  const groups = parameterGroups(weightDecay, settings.groups);
  return {
    name: "lion",
    settings,
    isElementwise: () => true,
    floats: (shapes) => floatsOfEach(shapes, sizeOf, 6),
    createState(parameters) {
      groups.assertFit(parameters);
      return { m: zerosLike(parameters) };
    },
    apply: (trained, gradients, { learningRate, gradientScale }) =>
      updateEach(trained, gradients, ({ path, parameter, gradient, state }) => {
        const { rate, weightDecay: decay } = groups.numbersOf(path, parameter.rank > 1);
        const eta = learningRate * rate;
        const slope = tf.mul(gradient, gradientScale);
        const direction = tf.sign(tf.add(tf.mul(state.m!, beta1), tf.mul(slope, 1 - beta1)));
        return {
          parameter: tf.sub(tf.mul(parameter, 1 - eta * decay), tf.mul(direction, eta)),
          state: { m: tf.add(tf.mul(state.m!, beta2), tf.mul(slope, 1 - beta2)) },
        };
      }),
  };
}
