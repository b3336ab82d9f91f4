import { assertIds, assertOption } from "./logits.ts";
import { byAnswer, forbid, type LogitsProcessor } from "./logits-processor.ts";

export interface SuppressedTokensOptions {
  /** Tokens that an answer never has. Default: none. */
  readonly ids?: readonly number[] | undefined;
  /** Tokens that an answer does not begin with. Default: none. */
  readonly first?: readonly number[] | undefined;
  /** The place in the answer, from 0, where those of `first` are forbidden: 1 behind a first token that is forced. Default 0. */
  readonly at?: number | undefined;
}

/**
 * Forbids tokens everywhere or at the start of an answer.
 *
 * @throws {ConfigError} `generate/ids` if an id or the place is not an integer from 0.
 * @source `SuppressTokensLogitsProcessor` and `SuppressTokensAtBeginLogitsProcessor` of Hugging Face transformers 5.24
 * @example generate({ ...request, processors: [suppressedTokens({ ids: [3], first: [0] })] })
 */
export function suppressedTokens({ ids = [], first = [], at = 0 }: SuppressedTokensOptions): LogitsProcessor {
  assertIds([...ids, ...first]);
  assertOption(Number.isSafeInteger(at) && at >= 0, "ids", `the place in an answer is an integer from 0, got ${at}`);
  return byAnswer("suppressed-tokens", (scores, { length }) => {
    forbid(scores, ids);
    if (length === at) forbid(scores, first);
  });
}
