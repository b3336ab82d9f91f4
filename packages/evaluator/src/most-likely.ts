import type { ContinuationScore } from "./score-continuations.ts";

export interface MostLikelyOptions {
  /** Compares sums, or means over tokens, which do not favour what is short. Default `"sequence"`. */
  readonly per?: "sequence" | "token" | undefined;
}

type Likely = Pick<ContinuationScore, "nats" | "tokens">;

/**
 * The choice of a model among continuations: the one of the highest (mean) log-likelihood; of equal ones the first.
 *
 * @param scores - of `scoreContinuations`.
 * @returns its index; −1 of nothing.
 * @example mostLikely([{ nats: 3, tokens: 1 }, { nats: 2, tokens: 1 }]) // => 1
 */
export function mostLikely(scores: readonly Likely[], { per = "sequence" }: MostLikelyOptions = {}): number {
  const costs = scores.map(({ nats, tokens }) => (per === "token" ? nats / Math.max(1, tokens) : nats));
  return costs.indexOf(Math.min(...costs));
}
