import { assertOption, logProbabilityOf, ranked } from "./logits.ts";
import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/**
 * Forbids all but the most probable tokens that together have a probability of at least `p`.
 *
 * @throws {ConfigError} `generate/top-p` if it is not in (0, 1].
 * @source Holtzman et al. 2020, §3.1, https://arxiv.org/abs/1904.09751
 * @example sample({ topP: 0.9 }) // the strategy that draws under it
 */
export function topP({ p }: { readonly p: number }): StatelessProcessor {
  assertOption(p > 0 && p <= 1, "top-p", `topP is above 0 and at most 1, got ${p}`);
  return stateless("top-p", (logits) => {
    const order = ranked(logits);
    const [best] = order as [number];
    const largest = logits[best] as number;
    const share = Math.exp(logProbabilityOf(logits, best));
    let sum = 0;
    for (const id of order) {
      // What is kept before it is enough already.
      const enough = sum >= p;
      sum += share * Math.exp((logits[id] as number) - largest);
      if (enough) logits[id] = Number.NEGATIVE_INFINITY;
    }
  });
}
