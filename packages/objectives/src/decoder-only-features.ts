import { DataError } from "@trivium/core";
import type { Features, PairExample, SpecialIds } from "@trivium/features";

/** Which positions of a single stream carry loss. */
export type LossScope = "all" | "target";

/**
 * A pair as one row: `source SEP target EOS`, contiguous. The prefix is source and SEP; SEP predicts the first target
 * id. The last id is only predicted, so the row ends before it.
 *
 * @example source [7, 8], target [9], SEP 2, EOS 3: ids 7 8 2 9, targets 8 2 9 3, prefix 3, loss weights 0 0 1 1
 */
export function pairFeatures({ source, target }: PairExample, specials: SpecialIds, scope: LossScope): Features {
  const whole = [...source, specials.separator, ...target, specials.endOfSequence];
  const prefixLength = source.length + 1;
  return {
    streams: { tokens: whole.slice(0, -1) },
    prefixLength,
    targets: whole.slice(1),
    lossWeights: whole.slice(1).map((_, position) => (scope === "all" || position >= prefixLength - 1 ? 1 : 0)),
  };
}

/** The prompt of a pair: `source SEP`. */
export function pairPrompt(source: readonly number[], specials: SpecialIds): Features {
  return promptFeatures([...source, specials.separator]);
}

/** A prompt of ids as they are, all of it prefix. */
export function promptFeatures(ids: readonly number[]): Features {
  const nothing = ids.map(() => 0);
  return { streams: { tokens: ids }, prefixLength: ids.length, targets: nothing, lossWeights: nothing };
}

/** @throws {DataError} `objective/example` if a text is too short to predict anything. */
export function assertTokens(tokens: readonly number[], least: number): void {
  if (tokens.length >= least) return;
  throw new DataError(
    "objective/example",
    `a text needs at least ${least} tokens to predict one, got ${tokens.length}`,
  );
}
