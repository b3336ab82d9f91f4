import type { Random } from "@trivium/core";

/** A function from an input to its target. */
export type Rule = (input: Float64Array) => readonly number[];

/** A task to learn in context. Each sequence has a rule of its own, drawn at random. */
export interface InContextTask {
  readonly name: string;
  /** Numbers of a target. */
  readonly outputs: number;
  /** Draws a rule for inputs of that width. */
  drawRule(random: Random, width: number): Rule;
}

const regression = (name: string, link: (product: number) => number): InContextTask => ({
  name,
  outputs: 1,
  drawRule(random, width) {
    const weights = normal(random, width);
    return (input) => [link(dot(weights, input))];
  },
});

/** `y = w·x` with `w ~ N(0, I)`. */
export const linearRegression = regression("linear-regression", (product) => product);

/** `y = σ(w·x) − ½` with `w ~ N(0, I)`. */
export const sigmoidRegression = regression("sigmoid-regression", (product) => 1 / (1 + Math.exp(-product)) - 0.5);

/** One-hot `argmax Wx` of three classes with `W ~ N(0, I)`; learned by squared loss. */
export const classification: InContextTask = {
  name: "classification",
  outputs: 3,
  drawRule(random, width) {
    const classes = [0, 1, 2].map(() => normal(random, width));
    return (input) => {
      const scores = classes.map((weights) => dot(weights, input));
      const best = scores.indexOf(Math.max(...scores));
      return scores.map((_, index) => (index === best ? 1 : 0));
    };
  },
};

/**
 * The three tasks of Ding et al., by name.
 *
 * @source Ding et al. 2024, §5.2, https://arxiv.org/abs/2308.06912; details after the authors' code,
 *   https://github.com/google-research/causallm_icl
 */
export const inContextTasks: readonly InContextTask[] = [linearRegression, sigmoidRegression, classification];

const normal = (random: Random, width: number): Float64Array =>
  Float64Array.from({ length: width }, () => random.normal());

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
