import { ConfigError } from "@trivium/core";
import { validateWith } from "@trivium/registry";
import { copyTree, flattenTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import { z } from "zod";
import type { Optimizer } from "./optimizer.ts";
import { treeOf } from "./trees.ts";
import { sizeOf } from "./update-each.ts";

export const movingAverageSchema = z.strictObject({
  /** Share of the old average, in [0, 1). */
  decay: z.number().min(0).lt(1),
});

/** Options of a moving average. */
export type MovingAverageOptions = z.input<typeof movingAverageSchema>;

/**
 * An optimiser that keeps a moving average of the weights beside its own state: `a ← d·a + (1 − d)·p` after step t, with
 * `d = min(decay, (1 + t) ÷ (10 + t))`, so that the first weights are soon forgotten. Training is the same to the bit.
 * Evaluations, checkpoints' models and the result of a training are the average.
 *
 * @throws {ConfigError} `trainer/moving-average` if the decay is out of range, or if the optimiser averages itself.
 * @source Polyak and Juditsky 1992, https://doi.org/10.1137/0330046; the rising decay as in TensorFlow's
 *   `ExponentialMovingAverage`
 * @example movingAverage(adamW(), { decay: 0.999 }).settings.average // => { decay: 0.999 }
 */
export function movingAverage(optimizer: Optimizer, options: MovingAverageOptions): Optimizer {
  const what = { code: "trainer/moving-average", what: "movingAverage" };
  const settings = validateWith(movingAverageSchema, options, what);
  if (optimizer.averaged) {
    const message = `${optimizer.name} averages its weights itself; leave the moving average out`;
    throw new ConfigError("trainer/moving-average", message);
  }
  return {
    ...optimizer,
    settings: { ...optimizer.settings, average: settings },
    floats(shapes) {
      const total = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
      const { state, update } = optimizer.floats?.(shapes) ?? { state: 2 * total, update: 0 };
      return { state: state + total, update };
    },
    createState: (parameters) => ({ ...optimizer.createState(parameters), average: copyTree(parameters) }),
    apply({ state: { average, ...state }, ...trained }, gradients, update) {
      const next = optimizer.apply({ ...trained, state }, gradients, update);
      const decay = Math.min(settings.decay, (1 + update.step) / (10 + update.step));
      return { ...next, state: { ...next.state, average: moved(average!, next.parameters, decay) } };
    },
    averaged: ({ state }) => copyTree(state.average!),
  };
}

/** Returns the average after one more value. Consumes the old one. */
function moved(average: ParameterTree, parameters: ParameterTree, decay: number): ParameterTree {
  const [old, now] = [flattenTree(average), flattenTree(parameters)];
  return treeOf(Object.keys(now), (path) => {
    const next: Tensor = tf.tidy(() => tf.add(tf.mul(old[path]!, decay), tf.mul(now[path]!, 1 - decay)));
    old[path]!.dispose();
    return next;
  });
}
