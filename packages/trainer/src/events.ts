import type { BestStep } from "./best.ts";
import type { Counts } from "./task.ts";

/** Counts since step 0, across resumes. */
export interface Totals extends Counts {
  /** Seconds of training alone: no evaluation, no checkpoint, no waiting for the consumer. */
  readonly seconds: number;
}

/** Always the first event. */
export interface StartedEvent {
  readonly type: "started";
  /** Number of elements of all parameters, frozen ones included. */
  readonly parameters: number;
  /** Steps already done: 0, or the step that the run resumed from. */
  readonly step: number;
  /** The step at which the run will be finished. */
  readonly steps: number;
  readonly totals: Totals;
}

/** A step was taken. Its counts are those of the step. */
export interface StepEvent extends Counts {
  readonly type: "step";
  /** Steps done, counted from 1. */
  readonly step: number;
  /** Nats per supervised token of this step, over all micro-batches. */
  readonly loss: number;
  readonly learningRate: number;
  /** Global norm of the gradient of `loss`, before clipping. */
  readonly gradientNorm: number;
  /** Nats per supervised token of each task, weighted as in `loss`. Absent if the step's examples have no tasks. */
  readonly tasks?: Readonly<Record<string, Pick<Counts, "supervisedTokens"> & { readonly loss: number }>> | undefined;
  readonly seconds: number;
  /** Seen tokens ÷ seconds. */
  readonly tokensPerSecond: number;
  readonly totals: Totals;
}

/** The held-out metrics of `evaluate.run`. */
export interface EvaluatedEvent {
  readonly type: "evaluated";
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Tells that an average of weights was evaluated, where the optimiser keeps one. Default: the trained weights. */
  readonly weights?: "averaged" | undefined;
}

/** A whole checkpoint was written. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  /** Name of the place, for people to read. */
  readonly location: string;
}

/** A broken step was answered by going on from the newest checkpoint. Events of later steps than this one are void. */
export interface RolledBackEvent {
  readonly type: "rolled-back";
  /** The step of the checkpoint. */
  readonly step: number;
  /** The step that broke. */
  readonly from: number;
  /** Factor of all learning rates from here on. */
  readonly rateFactor: number;
  readonly message: string;
}

/** Something is odd and the run goes on. */
export interface WarningEvent {
  readonly type: "warning";
  readonly step: number;
  readonly code:
    | "trainer/unreached-parameters"
    | "trainer/no-targets"
    | "trainer/skipped-step"
    | "trainer/evaluation-failed"
    | "trainer/skipped-checkpoint"
    | "trainer/numeric-change";
  readonly message: string;
}

/** Always the last event, unless an error ends the stream. */
export interface StoppedEvent {
  readonly type: "stopped";
  /**
   * `finished`: all steps are done. `aborted`: the signal asked; with a checkpoint store the run can be resumed.
   * `stopped-early`: evaluations stopped getting better.
   */
  readonly reason: "finished" | "aborted" | "stopped-early";
  /** The best evaluation, where one was looked for. */
  readonly best?: BestStep | undefined;
  readonly step: number;
  readonly totals: Totals;
}

/** An event of `train`: numbers and texts, never tensors, so that it survives `JSON.stringify`. */
export type TrainEvent =
  | StartedEvent
  | StepEvent
  | EvaluatedEvent
  | CheckpointEvent
  | RolledBackEvent
  | WarningEvent
  | StoppedEvent;
