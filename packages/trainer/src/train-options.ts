import type { BatchSource } from "@trivium/features";
import type { ParameterTree } from "@trivium/tensor";
import type { BestOptions } from "./best.ts";
import type { CheckpointStore, NumericIdentity } from "./checkpoint-store.ts";
import type { DivergenceOptions } from "./divergence.ts";
import type { Optimizer } from "./optimizer.ts";
import type { RecoveryOptions } from "./recovery.ts";
import type { Schedule } from "./schedule.ts";
import type { Sharding } from "./sharding.ts";
import type { Task } from "./task.ts";

/** Time and place of checkpoints. One is also written at the end, and when the signal aborts. */
export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** Steps between two checkpoints. Default: only at the end. */
  readonly every?: number | undefined;
}

/** An evaluation within training. */
export interface EvaluateOptions {
  /** Steps between two evaluations. There is one after the last step too. */
  readonly every: number;
  /** Evaluates the parameters. It borrows them: it must neither dispose nor keep them. */
  run(parameters: ParameterTree, step: number): Promise<Readonly<Record<string, number>>>;
  /**
   * Consequence of an error of `run`. `"warn"` goes on training, with a warning. `"stop"` saves a checkpoint of this step and
   * throws the error; other processes of the run stop with the same checkpoint. Default `"warn"`.
   */
  readonly onFailure?: "warn" | "stop" | undefined;
  /**
   * Returns the recorded metrics of a step, or nothing. A run that resumes from a step whose metrics are not recorded,
   * because it was killed while it evaluated, evaluates first. Default: nothing is evaluated again.
   */
  readonly recorded?: ((step: number) => Promise<Readonly<Record<string, number>> | undefined>) | undefined;
  /** Keeps the checkpoints of the best evaluations, and stops the run early. Default: neither. */
  readonly best?: BestOptions | undefined;
}

/**
 * A part of a step. `"data"` forms the batches. `"forward"` and `"backward"` compute loss and gradients of a micro-batch.
 * `"update"` reads the loss, clips and updates. `"end"` follows when the step is over.
 */
export type StepPhase = "data" | "forward" | "backward" | "update" | "end";

/** Options of a training run. */
export interface TrainOptions<B> {
  readonly task: Task<B>;
  readonly batches: BatchSource<B>;
  /**
   * Number of shards that the batch of each step is cut into. Sums over shards are taken by a tree that depends on their
   * number alone, so another number is another run, and the number of processes changes no bit. Default 1.
   */
  readonly shards?: number | undefined;
  /** Division of the shards among processes. Default: this process computes all of them. */
  readonly sharding?: ((shards: number) => Sharding) | undefined;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** The step at which the run is finished. */
  readonly steps: number;
  /** Seed of the initial parameters and of every dropout mask. */
  readonly seed: number | string;
  /** Parameters to start from. The run consumes them. Default: fresh ones from the seed. */
  readonly parameters?: ParameterTree | undefined;
  /** The largest global norm of the gradient; larger ones are scaled down to it. 0 for no clipping. Default 0. */
  readonly clipNorm?: number | undefined;
  /** Condition under which a run whose loss rises is stopped. `false` for never. */
  readonly divergence?: DivergenceOptions | false | undefined;
  /** The answer to a step whose loss or gradient is not finite, or diverges. A resume may change it. Default: it stops. */
  readonly recovery?: RecoveryOptions | undefined;
  /**
   * Runs the model's layers again in the backward pass instead of keeping their intermediates: less memory, more time, the
   * same weights to the bit, so that a resume may change it. Also called activation checkpointing. `checkpoint`, in
   * contrast, writes the run to a store. Default false.
   */
  readonly recompute?: boolean | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  /** Continues from the store's newest checkpoint, or from step 0 if the store has none. Default false. */
  readonly resume?: boolean | undefined;
  /**
   * Further facts that identify the run, as plain JSON. A resume with others is refused.
   *
   * The trainer itself compares the task's description, the frozen parameters, the optimiser and the schedule by name and
   * `settings`, `clipNorm`, the number of shards and the seed. `steps` may grow, unless the schedule depends on it. The
   * caller adds the data, the tokenizer, the forming of batches, the attention kernel, the origin of given `parameters`,
   * and everything without `settings`: a schedule that is or contains a function of the caller's own (under the name
   * `schedule`), and the `decay` function of AdamW.
   */
  readonly identity?: Readonly<Record<string, unknown>> | undefined;
  /** Additions to the checkpoint's `config.json`, as plain JSON. A resume does not compare them. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Facts that may change the bits of the run. Default: the name of the backend. */
  readonly numericIdentity?: NumericIdentity | undefined;
  /** Resumes with another numeric identity, with a warning. The bits then differ from those of an undisturbed run. */
  readonly allowNumericChange?: boolean | undefined;
  readonly evaluate?: EvaluateOptions | undefined;
  /** Called when a phase of a step begins. It must not throw. */
  readonly onPhase?: ((phase: StepPhase) => void) | undefined;
  /** Stops the run after the current step, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Stops a run of one process after the current micro-batch, with a checkpoint of the step before. A resume takes the step
   * from its beginning.
   */
  readonly abandon?: AbortSignal | undefined;
  /**
   * Milliseconds since some moment, from which the seconds of a step follow. Default: `performance.now`. In Node,
   * `createWorkingClock` leaves out the time during which the process was stopped.
   */
  readonly clock?: (() => number) | undefined;
  /** Steps between two step events. The last step has one too. Default 1. */
  readonly logEvery?: number | undefined;
}

/** Result of `train`. */
export interface TrainResult {
  /** They belong to the caller, who disposes them with `disposeTree`. */
  readonly parameters: ParameterTree;
  /** Steps done. */
  readonly step: number;
  readonly reason: "finished" | "aborted" | "stopped-early";
}
