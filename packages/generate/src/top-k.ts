import { assertOption } from "./logits.ts";
import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/**
 * Forbids all but the `k` most probable tokens, and those that are as probable as the last of them.
 *
 * @throws {ConfigError} `generate/top-k` if it is not a positive integer.
 * @source Fan et al. 2018, §5.4, https://arxiv.org/abs/1805.04833
 * @example sample({ topK: 40 }) // the strategy that draws under it
 */
export function topK({ k }: { readonly k: number }): StatelessProcessor {
  assertOption(Number.isSafeInteger(k) && k > 0, "top-k", `topK is a positive integer, got ${k}`);
  return stateless("top-k", (logits) => {
    const least = logits.toSorted()[Math.max(0, logits.length - k)] as number;
    for (let id = 0; id < logits.length; id++)
      if ((logits[id] as number) < least) logits[id] = Number.NEGATIVE_INFINITY;
  });
}
