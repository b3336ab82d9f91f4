import { validateWith } from "@trivium/registry";
import { type Scalar, type Tensor, tf } from "@trivium/tensor";
import { z } from "zod";
import type { Optimizer } from "./optimizer.ts";
import { groupsSchema, parameterGroups } from "./parameter-groups.ts";
import { mapLeaves } from "./trees.ts";
import { floatsOfEach, sizeOf, updateEach } from "./update-each.ts";

export const adafactorSchema = z.strictObject({
  /** Decay of the second moment: β₂ of step t is `1 − t^−power`. Default 0.8. */
  power: z.number().positive().default(0.8),
  /** Added to g². Default 1e-30. */
  epsilon: z.number().positive().default(1e-30),
  /** The root mean square of an update is at most this, before the learning rate. Default 1. */
  clip: z.number().positive().default(1),
  /** Multiplies the rate of a parameter by its root mean square. Default true. */
  relative: z.boolean().default(true),
  /** The least factor of a relative rate, for parameters that begin at zero. Default 0.001. */
  leastScale: z.number().positive().default(1e-3),
  /** Decay of the updates' mean, in [0, 1). 0 keeps none, which saves its memory. Default 0. */
  beta1: z.number().min(0).lt(1).default(0),
  /** λ, per unit of learning rate. Default 0.01. */
  weightDecay: z.number().min(0).default(0.01),
  groups: groupsSchema,
});

/** Options of Adafactor. */
export type AdafactorOptions = z.input<typeof adafactorSchema>;

/**
 * Adafactor: `p ← (1 − ηλ)p − η · u ÷ max(1, rms(u) ÷ clip)` with `u = g ÷ √v` and `η = rate · max(leastScale, rms(p))`,
 * where `v` of a matrix is the product of means over its rows and its columns. The state of a matrix is one row and one column,
 * so Adafactor needs half of the memory of AdamW.
 *
 * Parameters of rank 2 and more decay, unless a group says otherwise. The paper's own rates are the schedule
 * `inverse-square-root`; T5 was fine-tuned at a constant 0.001.
 *
 * @throws {ConfigError} `trainer/adafactor`, naming the option that is out of range.
 * @source Shazeer and Stern 2018, algorithms 4 and 5, https://arxiv.org/abs/1804.04235
 * @example adafactor({ beta1: 0.9 }).settings.power // => 0.8
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  const settings = validateWith(adafactorSchema, options, { code: "trainer/adafactor", what: "adafactor" });
  const { power, clip, relative, leastScale, beta1, weightDecay } = settings;
  const groups = parameterGroups(weightDecay, settings.groups);
  return {
    name: "adafactor",
    settings,
    isElementwise: () => false,
    floats: (shapes) => floatsOfEach(shapes, (shape) => stateSize(shape) + (beta1 > 0 ? sizeOf(shape) : 0), 8),
    createState(parameters) {
      groups.assertFit(parameters);
      const zeros = (shapeOf: (shape: number[]) => number[] | undefined) =>
        mapLeaves(parameters, ({ shape }) => {
          const own = shapeOf(shape);
          return own && tf.zeros(own);
        });
      return {
        row: zeros((shape) => (shape.length > 1 ? shape.slice(0, -1) : undefined)),
        column: zeros((shape) => (shape.length > 1 ? [...shape.slice(0, -2), shape.at(-1)!] : undefined)),
        v: zeros((shape) => (shape.length > 1 ? undefined : shape)),
        m: zeros((shape) => (beta1 > 0 ? shape : undefined)),
      };
    },
    apply(trained, gradients, { learningRate, gradientScale, step }) {
      const beta2 = 1 - step ** -power;
      return updateEach(trained, gradients, ({ path, parameter, gradient, state }) => {
        const { rate, weightDecay: decay } = groups.numbersOf(path, parameter.rank > 1);
        const slope = tf.mul(gradient, gradientScale);
        const moments = nextMoments(state, tf.add(tf.square(slope), settings.epsilon), beta2);
        const direction = tf.mul(slope, inverseRoot(moments));
        const clipped = tf.div(direction, tf.maximum(1, tf.div(rootMeanSquare(direction), clip)));
        const factor = relative ? tf.maximum(leastScale, rootMeanSquare(parameter)) : tf.scalar(1);
        const eta = tf.mul(factor, learningRate * rate);
        const update = tf.mul(clipped, eta);
        const m = state.m && tf.add(tf.mul(state.m, beta1), tf.mul(update, 1 - beta1));
        const decayed = tf.mul(parameter, tf.sub(1, tf.mul(eta, decay)));
        return { parameter: tf.sub(decayed, m ?? update), state: m ? { ...moments, m } : moments };
      });
    },
  };
}

const stateSize = (shape: readonly number[]): number =>
  shape.length > 1 ? sizeOf(shape.slice(0, -1)) + sizeOf([...shape.slice(0, -2), shape.at(-1)!]) : sizeOf(shape);

const rootMeanSquare = (values: Tensor): Scalar => tf.sqrt(tf.mean(tf.square(values)));

type Moments = Readonly<Record<string, Tensor>>;

function nextMoments({ row, column, v }: Moments, squares: Tensor, beta2: number): Moments {
  const next = (old: Tensor, mean: Tensor) => tf.add(tf.mul(old, beta2), tf.mul(mean, 1 - beta2));
  if (v) return { v: next(v, squares) };
  return { row: next(row!, tf.mean(squares, -1)), column: next(column!, tf.mean(squares, -2)) };
}

/** Returns `1 ÷ √v`, where `v = row · columnᵀ ÷ mean(row)` for a matrix. */
function inverseRoot({ row, column, v }: Moments): Tensor {
  if (v) return tf.rsqrt(v);
  const rows = tf.rsqrt(tf.div(row!, tf.mean(row!, -1, true)));
  return tf.mul(tf.expandDims(rows, -1), tf.expandDims(tf.rsqrt(column!), -2));
}
