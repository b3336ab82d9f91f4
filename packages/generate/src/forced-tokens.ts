import type { LogitsProcessor, RowProcessor } from "./logits-processor.ts";

export interface ForcedTokensOptions {
  /** The first token of an answer. Default: any. */
  readonly first?: number | undefined;
  /** The last token of an answer that reaches its most tokens. Default: any. */
  readonly last?: number | undefined;
  /** The most tokens of an answer. */
  readonly tokens: number;
}

/**
 * Gives all probability to one token at the start or at the most tokens of an answer: BART's summarisers begin with
 * `<s>`, and an answer that is cut ends with `</s>`.
 *
 * @example generate({ ...request, processors: [forcedTokens({ first: 0, last: 2, tokens: 20 })] })
 */
export function forcedTokens({ first, last, tokens }: ForcedTokensOptions): LogitsProcessor {
  const at = (length: number): RowProcessor => ({
    apply(logits) {
      const id = length === 0 && first !== undefined ? first : length === tokens - 1 ? last : undefined;
      if (id === undefined) return;
      logits.fill(Number.NEGATIVE_INFINITY);
      logits[id] = 0;
    },
    accept: () => {
      length++;
    },
    fork: () => at(length),
  });
  return { name: "forced-tokens", create: () => at(0) };
}
