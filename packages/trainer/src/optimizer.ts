import { defineKind } from "@trivium/registry";
import type { ParameterTree } from "@trivium/tensor";

/** What an optimiser keeps beside the parameters: named trees of the parameters' own shape. AdamW keeps `m` and `v`. */
export type OptimizerState = Readonly<Record<string, ParameterTree>>;

/** Parameters, and what the optimiser has learned about them. */
export interface Trained {
  readonly parameters: ParameterTree;
  readonly state: OptimizerState;
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
 * else holds their data) and returns the ones to use. Whoever wants to keep the old ones takes a `copyTree` before; a
 * `clone` would share the data. Call it outside `tf.tidy`, which would dispose what it returns.
 */
export interface Optimizer {
  readonly name: string;
  /** What it was made with, as plain JSON: recorded in checkpoints, and compared on resume. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** The state before the first update. Borrows the parameters. */
  createState(parameters: ParameterTree): OptimizerState;
  apply(trained: Trained, gradients: ParameterTree, update: Update): Trained;
}

/** The kind of optimisers: a function from options to an optimiser. */
export const optimizer = defineKind<(options: never) => Optimizer>()("optimizer");
