import { DataError } from "@trivium/core";
import { type Example, isPair } from "@trivium/features";
import type { SplitExample } from "./corruption.ts";

/** The prompt of an example that nothing corrupts: its source, or the text as far as it goes. */
export const wholePrompt = (example: Example): SplitExample =>
  isPair(example)
    ? { source: example.source, target: [], ends: false }
    : { source: example.tokens, target: [], between: [], ends: false };

/** @throws {DataError} `objective/example` if a text is too short to predict anything. */
export function assertTokens(tokens: readonly number[], least: number): void {
  if (tokens.length >= least) return;
  throw new DataError(
    "objective/example",
    `a text needs at least ${least} ${least === 1 ? "token" : "tokens"} to predict one, got ${tokens.length}`,
  );
}
