import type { ParameterTree, Tensor1D } from "@trivium/tensor";
import type { ShardSum } from "./shard-tree.ts";

/** A trained parameter, as far as its owner matters. */
export interface Owned {
  readonly path: string;
  readonly shape: readonly number[];
  /** The optimiser updates each element by itself, so that the parameter may be cut. */
  readonly isElementwise: boolean;
}

/** Rows of a parameter, along its first axis. A scalar has one row. */
export interface Slice {
  readonly path: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Gradients after the sum over all shards of all processes. */
export interface Reduced {
  /** The rows that this process owns, by path. */
  readonly gradients: ParameterTree;
  /**
   * Sums of squares of these rows. The lists of all processes, one behind the other, must not depend on the number of
   * processes: the global norm is their sum.
   */
  readonly squares: Tensor1D;
}

/**
 * The work of a step in shards, and its division among processes.
 *
 * A step's batch is cut into `shards` parts. Each process computes the gradients of its own parts. Sums over shards are
 * taken by the tree of `joinShards`, so that the number of processes changes no bit. Every method is a collective: all
 * processes call it, in the same order.
 */
export interface Sharding {
  /** Number of shards of a step's batch. */
  readonly shards: number;
  /** Shards of this process, in ascending order. */
  readonly own: readonly number[];
  /** Number of processes. Default 1. */
  readonly ranks?: number | undefined;
  /** Returns the rows that this process keeps optimiser state for and updates, at most one slice of each parameter. */
  owned(parameters: readonly Owned[]): readonly Slice[];
  /** Adds gradients over all shards. Consumes the sums of this process's shards. */
  reduce(sums: readonly ShardSum<ParameterTree>[]): Promise<Reduced>;
  /** Returns whole tensors, given the rows that this process owns. A tensor that is whole already stands in the result. */
  publish(owned: ParameterTree): Promise<ParameterTree>;
  /** Returns the records of all processes, in the order of the processes. Each decision follows from these. */
  vote<Vote>(record: Vote): Promise<readonly Vote[]>;
  /**
   * Called after each step, with the trained parameters, whole.
   *
   * @throws an error, in all processes, if they found a fault. It ends the run, and no checkpoint is written. Default: nothing is verified.
   */
  verify?(parameters: ParameterTree, step: number): Promise<void>;
}
