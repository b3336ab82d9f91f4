import type { Random } from "@trivium/core";
import { defineKind } from "@trivium/registry";

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

/** The answer that a search has chosen when it is over. */
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
   * @param scores - logits of each open row, `[rows][V]`; read only.
   */
  advance(scores: readonly Float32Array[]): Advance;
  /** The answer, once the search is over. A search without it has one row, whose tokens are final as they come. */
  readonly best?: (() => ChosenAnswer) | undefined;
  /** All that it weighs up, for a trace. */
  readonly hypotheses?: (() => readonly Hypothesis[]) | undefined;
}

/** A way to choose tokens from a model's predictions. */
export interface Strategy {
  readonly name: string;
  /** The most rows that a search has open. */
  readonly rows: number;
  start(prompt: SearchPrompt): Search;
}

/** The kind of strategies: a function from options to a strategy. */
export const strategy = defineKind<(options: never) => Strategy>()("strategy");
