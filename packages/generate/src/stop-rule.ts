import { defineKind } from "@trivium/registry";

/** An answer after its newest token. */
export interface AnswerSoFar {
  readonly ids: readonly number[];
  /** The text that the ids spell; empty where none is asked for. */
  readonly text: string;
}

/** Why an answer is over. */
export interface Stop {
  readonly reason: "stop" | "length";
  /** The length of the text that is kept, in UTF-16 units. Default: all of it. */
  readonly kept?: number | undefined;
}

/** A rule that ends an answer. */
export interface StopRule {
  readonly name: string;
  /** Ids that end an answer and are no part of it. */
  readonly ends?: readonly number[] | undefined;
  /** Asked after every token: undefined where the answer goes on. */
  readonly check?: ((answer: AnswerSoFar) => Stop | undefined) | undefined;
  /** Returns the length of the end of a text that a later token may take back, in UTF-16 units. It is not shown yet. */
  readonly holdsBack?: ((text: string) => number) | undefined;
}

/** The kind of stop rules: a function from options to a rule. */
export const stopRule = defineKind<(options: never) => StopRule>()("stop-rule");
