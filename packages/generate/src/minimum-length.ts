import { assertOption } from "./logits.ts";
import { byAnswer, forbid, type LogitsProcessor } from "./logits-processor.ts";

export interface MinimumLengthOptions {
  /** The fewest tokens of an answer before its end. Default 0. */
  readonly tokens?: number | undefined;
  /** The fewest tokens of the prompt in the predicting stream and of the answer, together. Default 0. */
  readonly length?: number | undefined;
}

/**
 * Forbids the ends of an answer that is shorter. Stop rules on texts still end it.
 *
 * @throws {ConfigError} `generate/minimum-length` if a number is not an integer from 0.
 * @source `MinLengthLogitsProcessor` and `MinNewTokensLengthLogitsProcessor` of Hugging Face transformers 5.24
 * @example generate({ ...request, processors: [minimumLength({ tokens: 5 })] })
 */
export function minimumLength({ tokens = 0, length = 0 }: MinimumLengthOptions): LogitsProcessor {
  const areCounts = [tokens, length].every((count) => Number.isSafeInteger(count) && count >= 0);
  assertOption(areCounts, "minimum-length", `numbers of tokens are integers from 0, got ${tokens} and ${length}`);
  return byAnswer("minimum-length", (scores, answer, { prompt, ends }) => {
    if (answer.length < tokens || prompt.length + answer.length < length) forbid(scores, ends);
  });
}
