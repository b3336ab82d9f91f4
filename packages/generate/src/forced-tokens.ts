import { assertIds, assertOption } from "./logits.ts";
import { byAnswer, type LogitsProcessor } from "./logits-processor.ts";

export interface ForcedTokensOptions {
  /** The first token of an answer, or the first ones. Default: any. */
  readonly first?: number | readonly number[] | undefined;
  /** The last token of an answer that reaches its most tokens. Default: any. */
  readonly last?: number | undefined;
  /** The most tokens of an answer. Default: those that the request allows. */
  readonly tokens?: number | undefined;
}

/**
 * Gives all probability to given tokens at the start, and to one at the most tokens of an answer: BART's summarisers
 * begin with `<s>`, and an answer that is cut ends with `</s>`.
 *
 * @throws {ConfigError} `generate/ids` if an id is not an integer from 0; when a token is chosen, if the vocabulary has
 *   no such id.
 * @source `ForcedBOSTokenLogitsProcessor` and `ForcedEOSTokenLogitsProcessor` of Hugging Face transformers 5.24
 * @example generate({ ...request, processors: [forcedTokens({ first: 0, last: 2 })] })
 */
export function forcedTokens({ first, last, tokens }: ForcedTokensOptions): LogitsProcessor {
  const beginning = [first ?? []].flat();
  assertIds([...beginning, last ?? 0]);
  return byAnswer("forced-tokens", (scores, { length }, { room }) => {
    const id = beginning[length] ?? (length === (tokens ?? room) - 1 ? last : undefined);
    if (id === undefined) return;
    const message = `a token that is forced is an id below the vocabulary's ${scores.length}, got ${id}`;
    assertOption(id < scores.length, "ids", message);
    scores.fill(Number.NEGATIVE_INFINITY);
    scores[id] = 0;
  });
}
