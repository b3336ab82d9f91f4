import type { Batch } from "@trivium/features";
import type { Model } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import type { BatchSource } from "./batch-source.ts";
import type { CheckpointStore, NumericIdentity } from "./checkpoint-store.ts";
import type { DivergenceOptions } from "./divergence.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** When and where checkpoints are written. One is also written at the end, and when the signal aborts. */
export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** Steps between two checkpoints. Default: only at the end. */
  readonly every?: number;
}

/** An evaluation within training. */
export interface EvaluateOptions {
  /** Steps between two evaluations; there is one after the last step too. */
  readonly every: number;
  /** Borrows the parameters: it must neither dispose nor keep them. */
  run(parameters: ParameterTree, step: number): Promise<Readonly<Record<string, number>>>;
}

/**
 * A part of a step: forming its batches; for each micro-batch the loss and its gradients; then reading the loss, clipping
 * and the optimiser. `"end"` is when the step is over.
 */
export type StepPhase = "data" | "forward" | "backward" | "update" | "end";

/** What a run is made of, and how it is to be run. */
export interface TrainOptions {
  readonly model: Pick<Model, "architecture" | "config" | "createParameters" | "logits">;
  readonly objective: Pick<Objective, "name" | "settings" | "loss">;
  readonly batches: BatchSource;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** The step at which the run is finished. */
  readonly steps: number;
  /** Decides the initial parameters and every dropout mask. */
  readonly seed: number | string;
  /** Parameters to start from, consumed. Default: fresh ones from the seed. */
  readonly parameters?: ParameterTree;
  /** The largest global norm of the gradient; larger ones are scaled down to it. Default: no clipping. */
  readonly clipNorm?: number | undefined;
  /** When to give up on a run whose loss rises. `false` for never. */
  readonly divergence?: DivergenceOptions | false;
  /**
   * Whether the model's layers are run again in the backward pass instead of keeping their intermediates: less memory,
   * more time, the same weights to the bit, so that a resume may change it. Also called activation checkpointing; not to
   * be confused with `checkpoint`, which writes the run to a store. Default false.
   */
  readonly checkpointing?: boolean;
  readonly checkpoint?: CheckpointOptions;
  /** Whether to go on from the store's newest checkpoint; from step 0 if it has none. */
  readonly resume?: boolean;
  /**
   * What else makes the run this run, as plain JSON; a resume with another one is refused.
   *
   * The trainer itself compares the architecture's name, the model's configuration, the objective, the optimiser and the
   * schedule by name and `settings`, `clipNorm` and the seed. `steps` may grow, unless the schedule depends on it. Yours
   * to add: the data, the tokenizer, how batches are formed, the attention kernel, given `parameters`, and whatever has
   * no `settings`: a schedule that is, or has in it, a function of your own (name it `schedule`), the `decay` function of AdamW.
   */
  readonly identity?: Readonly<Record<string, unknown>>;
  /** More to be written into the checkpoint's `config.json`; not compared. Plain JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What may change the bits of the run. Default: the name of the backend. */
  readonly numericIdentity?: NumericIdentity;
  /** Resumes with another numeric identity, with a warning; the run is then not the one that was interrupted. */
  readonly allowNumericChange?: boolean;
  readonly evaluate?: EvaluateOptions;
  /** Floating-point operations of training on a batch, to be counted in the events. */
  readonly flops?: (batch: Batch) => number;
  /** Told when a phase of a step begins, of every step. It must not throw. */
  readonly onPhase?: (phase: StepPhase) => void;
  /** Stops after the step that runs, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** Steps between two step events; the last step has one too. Default 1. */
  readonly logEvery?: number;
}

/** What `train` returns. */
export interface TrainResult {
  /** Of the caller now: dispose them with `disposeTree`. */
  readonly parameters: ParameterTree;
  /** Steps done. */
  readonly step: number;
  readonly reason: "finished" | "aborted";
}
