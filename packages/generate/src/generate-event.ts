import type { Continuation } from "./logits.ts";
import type { Hypothesis } from "./strategy.ts";

/** Why an answer is over: its end, a stop rule, its most tokens or the model's length, or a signal. */
export type FinishReason = "end" | "stop" | "length" | "aborted";

interface OfAnswer {
  /** The example's place in the request. */
  readonly index: number;
  /** The answer's place among those of the example, from 0. */
  readonly sample: number;
}

/** A token that is part of an answer for good. */
export interface TokenEvent extends OfAnswer {
  readonly type: "token";
  readonly id: number;
  /** Nats; where `logProbabilities` are asked for. */
  readonly logProbability?: number | undefined;
  /** The most probable tokens in its place, the best first; where they are asked for. */
  readonly top?: readonly Continuation[] | undefined;
}

/** Text that is part of an answer for good: whole characters, and nothing that a stop rule takes back. */
export interface TextEvent extends OfAnswer {
  readonly type: "text";
  readonly text: string;
}

/** The end of an answer; every answer has one. */
export interface FinishedEvent extends OfAnswer {
  readonly type: "finished";
  readonly reason: FinishReason;
  /** Log-probability of the whole answer, nats; of a search that chooses among answers. */
  readonly logProbability?: number | undefined;
}

/** The choices of a step, before one was taken. */
export interface StepEvent extends OfAnswer {
  readonly type: "step";
  /** The most probable tokens after each open row, best first. */
  readonly candidates: readonly (readonly Continuation[])[];
  /** The entropy of what each open row predicts, nats. */
  readonly entropies: readonly number[];
  /** The hypotheses that the search weighs up after the step; empty for a search with one row. */
  readonly hypotheses: readonly Hypothesis[];
}

export type GenerateEvent = TokenEvent | TextEvent | FinishedEvent | StepEvent;
