import type { Random } from "@trivium/core";
import type { ParameterTree, Scalar, SpecTree } from "@trivium/tensor";

/** Counts of a batch or of several. */
export interface Counts {
  /** Number of targets that carry loss. */
  readonly supervisedTokens: number;
  /** Number of real tokens in all streams. */
  readonly seenTokens: number;
  /** Floating-point operations of training on the batch. Default: not counted. */
  readonly flops?: number | undefined;
}

/** Options of one evaluation of the loss. */
export interface LossOptions {
  /** Seed of everything that the loss draws, such as dropout masks. Each micro-batch of each step has its own. */
  readonly seed: string;
  /** Asks for layers that are run again in the backward pass instead of keeping their intermediates. Changes no bit. */
  readonly recompute: boolean;
}

/** Sum of the losses of a batch, with its denominator. */
export interface LossSum {
  /** Sum over all targets. In nats for a likelihood. */
  readonly sum: Scalar;
  /** Number of targets, by which the sums of all batches of a step are divided together. */
  readonly tokens: number;
  /** Parts of the sum by the name of a task. Default: the batch has no tasks. */
  readonly tasks?: Readonly<Record<string, Pick<LossSum, "sum" | "tokens">>> | undefined;
}

/**
 * The thing to train: parameters, and a loss over them for each batch.
 *
 * The trainer reads nothing of a batch. Its type `B` is an agreement between the task and the batch source.
 */
export interface Task<B> {
  /** Name, shape and initial distribution of each parameter. */
  readonly specs: SpecTree;
  /**
   * Returns whether a parameter is trained. A parameter that is refused is frozen: it stays as it is, and has neither a
   * gradient nor optimiser state. Default: every parameter is trained.
   *
   * @param path - dotted path of the parameter, such as `"head.weight"`.
   */
  trains?: ((path: string) => boolean) | undefined;
  counts(batch: B): Counts;
  /** Returns plain JSON that identifies the task. Checkpoints record it, and a resume with another value is refused. */
  describe(): Readonly<Record<string, unknown>>;
  createParameters(random: Random): ParameterTree;
  /** Returns the loss of one batch. Runs inside `tf.tidy`, and borrows the parameters. */
  loss(parameters: ParameterTree, batch: B, options: LossOptions): LossSum;
}
