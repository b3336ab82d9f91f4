import { DataError } from "@trivium/core";
import { type Example, isPair, type TokensExample } from "@trivium/features";
import { assertTokens } from "./whole-example.ts";

/**
 * Returns a text that has at least so many tokens.
 *
 * @throws {DataError} `objective/example` for a pair, and for a text that is too short.
 */
export function textOf(example: Example, what: string, least: number): TokensExample {
  if (isPair(example)) throw refusePair(what);
  assertTokens(example.tokens, least);
  return example;
}

/** The error of a corruption that is given a pair. */
export function refusePair(what: string): DataError {
  const message = `${what} rewrites texts, and got a pair of source and target; train pairs with causal-lm, prefix-lm or seq2seq`;
  return new DataError("objective/example", message);
}
