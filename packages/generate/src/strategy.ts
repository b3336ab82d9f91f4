import type { Random } from "@trivium/core";
import { defineKind } from "@trivium/registry";
import type { LogitsProcessor } from "./logits-processor.ts";

/** Rows that go on, of those that an answer had. */
export type RowsToRun = Pick<Advance, "parents" | "ids">;

/** One answer that is to be found. */
export interface SearchPrompt {
  /** V. */
  readonly vocabulary: number;
  /** The most tokens of the answer. */
  readonly room: number;
  /** The ids that end an answer and are no part of it. */
  readonly ends: readonly number[];
  /** A random stream of this answer's own. */
  readonly random: Random;
}

/** The rows that go on after a step. */
export interface Advance {
  /** The row of the step before that each one continues, `[rows]`. */
  readonly parents: Int32Array;
  /** The token that each one has chosen, `[rows]`. */
  readonly ids: Int32Array;
  /** True where the answer of a row ends with that token, `[rows]`: the token is not run, and no part of the answer. */
  readonly finished: readonly boolean[];
}

/** A beginning of an answer, or an answer. */
export interface Hypothesis {
  readonly ids: readonly number[];
  /** Log-probability of all its tokens and, where it has ended, of the end; nats. */
  readonly logProbability: number;
  /** The number by which answers are compared. */
  readonly score: number;
  readonly ended: boolean;
}

/** An answer that a search has chosen when it is over. */
export interface ChosenAnswer extends Pick<Hypothesis, "ids" | "logProbability"> {
  readonly reason: "end" | "length";
}

/** The search for one answer. */
export interface Search {
  /** Rows that it has open; 1 at first. */
  readonly rows: number;
  /**
   * Chooses the rows to go on with. No rows: the search is over.
   *
   * @param scores - processed scores of each open row, `[rows][V]`; read only. Logits, or log-probabilities where the
   *   strategy says so.
   * @param states - states of the model at the tokens of each row that were run since the step before, `[rows][tokens][M]`;
   *   at first those of the prompt. Given where the strategy asks for them.
   */
  advance(scores: readonly Float32Array[], states?: readonly (readonly Float32Array[])[]): Advance;
  /**
   * The answers, once the search is over: the best first, one or more. A search without it has one row, whose tokens are
   * final as they come.
   */
  readonly best?: (() => readonly ChosenAnswer[]) | undefined;
  /** All that it weighs up, for a trace. */
  readonly hypotheses?: (() => readonly Hypothesis[]) | undefined;
}

/** A way to choose tokens from a model's predictions. */
export interface Strategy {
  readonly name: string;
  /** The most rows that a search has open. */
  readonly rows: number;
  /** The most answers that one search chooses. Undefined where a search has one answer, and several need several searches. */
  readonly answers?: number | undefined;
  /** Processors of its own, which run behind those of the request: a temperature. Default: none. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** What processors and searches are given. Default `"logits"`. */
  readonly scores?: "logits" | "log-probabilities" | undefined;
  /** Whether searches are given states of the model. Every token of an answer is run then, the last one too. Default false. */
  readonly states?: boolean | undefined;
  start(prompt: SearchPrompt): Search;
}

/** The kind of strategies: a function from options to a strategy. */
export const strategy = defineKind<(options: never) => Strategy>()("strategy");
