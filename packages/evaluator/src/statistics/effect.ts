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
  /** The smallest effect that matters; smaller ones count as none. */
  readonly smallest: number;
  /** The method of the interval: `"paired bootstrap over 3 seeds × 1,000 examples"`, `"counted"`. */
  readonly method: string;
  /** The estimate of each seed alone, if the estimate is a mean over seeds. */
  readonly seeds?: readonly number[] | undefined;
  /** The reason why the interval does not bear on the statement, if there is one: `"recall was not learned"`. */
  readonly unjudged?: string | undefined;
}
