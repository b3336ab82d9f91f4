import { defineKind } from "@trivium/registry";
import type { ParameterTree } from "@trivium/tensor";

/**
 * State of an optimiser: named trees over paths of parameters. AdamW keeps `m` and `v`. A leaf has the shape of its
 * parameter where that is updated element by element, and any shape elsewhere.
 */
export type OptimizerState = Readonly<Record<string, ParameterTree>>;

/** Parameters, with the optimiser's state for them. */
export interface Trained {
  readonly parameters: ParameterTree;
  readonly state: OptimizerState;
  /** Numbers of the state that all parameters share, such as a sum of weights over steps. Default: none. */
  readonly numbers?: Readonly<Record<string, number>> | undefined;
}

/** The numbers of one update. */
export interface Update {
  /** η. */
  readonly learningRate: number;
  /** Counted from 1. */
  readonly step: number;
  /** Multiplies every gradient first: 1 ÷ target tokens, times the clipping factor. */
  readonly gradientScale: number;
}

/**
 * An update rule. It holds no tensors of its own, so one optimiser serves any number of runs.
 *
 * `apply` consumes its trees: it disposes the old parameters, state and gradients (or writes into them, where nothing
 * else holds their data) and returns the ones to use. A `copyTree` made before keeps the old ones; a `clone` would share
 * the data. Call it outside `tf.tidy`, which would dispose the result.
 */
export interface Optimizer {
  readonly name: string;
  /** Options of the optimiser, as plain JSON. Checkpoints record them, and a resume with others is refused. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * Returns whether each element of a parameter is updated by itself, from its own gradient and state alone. Such a
   * parameter may be cut into parts that are updated apart.
   */
  isElementwise(path: string, shape: readonly number[]): boolean;
  /**
   * Returns how many float32 numbers the state has, and how many an update holds at once besides parameters, state and
   * gradients. Default: two of each parameter, and none.
   *
   * @param shapes - of the parameters, by their dotted paths.
   */
  floats?(shapes: Readonly<Record<string, readonly number[]>>): { readonly state: number; readonly update: number };
  /**
   * Returns the state before the first update. Borrows the parameters.
   *
   * @throws {ConfigError} if the options name parameters that are not there.
   */
  createState(parameters: ParameterTree): OptimizerState;
  apply(trained: Trained, gradients: ParameterTree, update: Update): Trained;
  /**
   * Returns the weights to use, as new tensors, where these are not the trained ones but an average of them. Evaluations,
   * the models of checkpoints and the result of a training are then the averaged weights. Default: the trained weights.
   */
  averaged?(trained: Trained): ParameterTree;
}

/** The kind of optimisers: a function from options to an optimiser. */
export const optimizer = defineKind<(options: never) => Optimizer>()("optimizer");
