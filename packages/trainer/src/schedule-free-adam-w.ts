import { validateWith } from "@trivium/registry";
import { copyTree, flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { z } from "zod";
import type { Optimizer, Trained } from "./optimizer.ts";
import { groupsSchema, parameterGroups } from "./parameter-groups.ts";
import { treeOf, zerosLike } from "./trees.ts";
import { floatsOfEach, sizeOf, updateEach } from "./update-each.ts";

export const scheduleFreeSchema = z.strictObject({
  /** Share of the average in the weights at which gradients are taken, in (0, 1). Default 0.9. */
  beta1: z.number().positive().lt(1).default(0.9),
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  beta2: z.number().min(0).lt(1).default(0.999),
  /** Added to √v̂. Default 1e-8. */
  epsilon: z.number().positive().default(1e-8),
  /** λ, per unit of learning rate. Default 0.01. */
  weightDecay: z.number().min(0).default(0.01),
  /** r: step t has the weight `t^r` in the average. Default 0. */
  stepPower: z.number().min(0).default(0),
  /** A step has the weight of the highest rate so far to this power in the average. Default 2. */
  ratePower: z.number().min(0).default(2),
  groups: groupsSchema,
});

/** Options of schedule-free AdamW. */
export type ScheduleFreeOptions = z.input<typeof scheduleFreeSchema>;

/**
 * Schedule-free AdamW: an average `x` of all iterates `z` stands in for the decay of the learning rate. With gradients at
 * `y = (1 − β₁)z + β₁x`: `z ← z − η(g ÷ (√v̂ + ε) + λy)`, `x ← (1 − c)x + cz`, where `c` is the share of the step's weight
 * in the sum of all weights.
 *
 * The trained weights are `y`. Evaluations, checkpoints' models and the result of a training are the averaged weights `x`.
 * Its schedule has a warm-up and no decay: `wsd` with `decaySteps: 0`. Parameters of rank 2 and more decay, unless a
 * group says otherwise.
 *
 * @throws {ConfigError} `trainer/schedule-free-adam-w`, naming the option that is out of range.
 * @source Defazio et al. 2024, algorithm 1, https://arxiv.org/abs/2405.15682
 * @example scheduleFreeAdamW({ beta1: 0.95 }).settings.ratePower // => 2
 */
export function scheduleFreeAdamW(options: ScheduleFreeOptions = {}): Optimizer {
  const what = { code: "trainer/schedule-free-adam-w", what: "scheduleFreeAdamW" };
  const settings = validateWith(scheduleFreeSchema, options, what);
  const { beta1, beta2, epsilon, weightDecay, stepPower, ratePower } = settings;
  const groups = parameterGroups(weightDecay, settings.groups);
  return {
    name: "schedule-free-adam-w",
    settings,
    isElementwise: () => true,
    floats: (shapes) => floatsOfEach(shapes, (shape) => 2 * sizeOf(shape), 8),
    createState(parameters) {
      groups.assertFit(parameters);
      return { z: copyTree(parameters), v: zerosLike(parameters) };
    },
    apply(trained, gradients, { learningRate, gradientScale, step }) {
      const { highestRate = 0, weightSum = 0 } = trained.numbers ?? {};
      const peak = Math.max(learningRate, highestRate);
      const weight = step ** stepPower * peak ** ratePower;
      const sum = weightSum + weight;
      const share = sum === 0 ? 0 : weight / sum;
      const next = updateEach(trained, gradients, ({ path, parameter: y, gradient, state }) => {
        const { rate, weightDecay: decay } = groups.numbersOf(path, y.rank > 1);
        const eta = learningRate * rate;
        const v = tf.add(tf.mul(state.v!, beta2), tf.mul(tf.square(tf.mul(gradient, gradientScale)), 1 - beta2));
        const root = tf.add(tf.sqrt(tf.div(v, 1 - beta2 ** step)), epsilon);
        const direction = tf.add(tf.div(tf.mul(gradient, gradientScale), root), tf.mul(y, decay));
        const nearer = tf.add(y, tf.mul(tf.sub(state.z!, y), share));
        const parameter = tf.add(nearer, tf.mul(direction, eta * (beta1 * (1 - share) - 1)));
        return { parameter, state: { z: tf.sub(state.z!, tf.mul(direction, eta)), v } };
      });
      return { ...next, numbers: { highestRate: peak, weightSum: sum } };
    },
    averaged: (trained) => average(trained, 1 - 1 / beta1),
  };
}

/** Returns `x = y + (1 − 1/β₁)(z − y)`. */
function average({ parameters, state }: Trained, share: number): ParameterTree {
  const zs = flattenTree(state.z!);
  const ys = flattenTree(parameters);
  return treeOf(Object.keys(ys), (path) =>
    tf.tidy(() => tf.add(ys[path]!, tf.mul(tf.sub(zs[path]!, ys[path]!), share))),
  );
}
