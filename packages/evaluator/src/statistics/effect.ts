/**
 * A difference or a quantity. The first of a claim is oriented so that a positive one speaks for the statement; others are
 * read by their names.
 */
export interface Effect {
  /** `"exact match, prefix − causal"`. */
  readonly name: string;
  readonly estimate: number;
  /** The interval, 95 % where it is estimated; both equal the estimate where it is counted. */
  readonly low: number;
  readonly high: number;
  /** `"nats per token"`, `"fraction of commands"`. */
  readonly unit: string;
  /** Effects below it are as good as none. */
  readonly smallest: number;
  /** How the interval was found: `"paired bootstrap over 3 seeds × 1,000 examples"`, `"counted"`. */
  readonly method: string;
  /** What each seed alone comes to, where the estimate is a mean over seeds. */
  readonly seeds?: readonly number[] | undefined;
  /** Why its interval says nothing of the statement, where it does not: `"recall was not learned"`. */
  readonly unjudged?: string | undefined;
}
