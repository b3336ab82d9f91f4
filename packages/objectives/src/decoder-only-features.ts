import { ConfigError, DataError } from "@trivium/core";
import type { Features, PairExample } from "@trivium/features";
import type { JoinedFrame, SpecialTokens } from "@trivium/text";

/** Which positions of a single stream carry loss. */
export type LossScope = "all" | "target";

/**
 * Converts a pair into one row: source and target in the vocabulary's frame, contiguous. The prefix is all before the
 * target, and its last id predicts the first one of the target. The last id is only predicted, so the row ends before it.
 *
 * @example source [7, 8], target [9], SEP 2, EOS 3: ids 7 8 2 9, targets 8 2 9 3, prefix 3, loss weights 0 0 1 1
 */
export function pairFeatures(pair: PairExample, special: SpecialTokens, scope: LossScope): Features {
  const given = framedSource(pair.source, special);
  const whole = [...given, ...pair.target, ...joinedFrame(special).after];
  const prefixLength = given.length;
  return {
    streams: { tokens: whole.slice(0, -1) },
    prefixLength,
    targets: whole.slice(1),
    lossWeights: whole.slice(1).map((_, position) => (scope === "all" || position >= prefixLength - 1 ? 1 : 0)),
  };
}

/** The prompt of a pair: the source in its frame. */
export function pairPrompt(source: readonly number[], special: SpecialTokens): Features {
  return promptFeatures(framedSource(source, special));
}

function framedSource(source: readonly number[], special: SpecialTokens): number[] {
  const { before, between } = joinedFrame(special);
  return [...before, ...source, ...between];
}

function joinedFrame({ frame }: SpecialTokens): JoinedFrame {
  if (frame.joined) return frame.joined;
  throw new ConfigError("objective/frame", "the vocabulary has no frame for source and target in one stream");
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
