import { assertOption, logProbabilityOf } from "./logits.ts";
import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/**
 * Forbids all but the most probable tokens that together have a probability of at least `p`, and those that are as
 * probable as the last of them.
 *
 * @throws {ConfigError} `generate/top-p` if it is not in (0, 1].
 * @source Holtzman et al. 2020, §3.1, https://arxiv.org/abs/1904.09751
 * @example sample({ topP: 0.9 }) // the strategy that draws under it
 */
export function topP({ p }: { readonly p: number }): StatelessProcessor {
  assertOption(p > 0 && p <= 1, "top-p", `topP is above 0 and at most 1, got ${p}`);
  return stateless("top-p", (logits) => {
    const sorted = logits.toSorted();
    const largest = sorted.at(-1) as number;
    const share = Math.exp(logProbabilityOf(logits, logits.indexOf(largest)));
    let [sum, last] = [0, sorted.length];
    while (sum < p && last > 0) {
      last -= 1;
      sum += share * Math.exp((sorted[last] as number) - largest);
    }
    const least = sorted[last] as number;
    for (let id = 0; id < logits.length; id++)
      if ((logits[id] as number) < least) logits[id] = Number.NEGATIVE_INFINITY;
  });
}
