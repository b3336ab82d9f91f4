import { assertOption, greatest } from "./logits.ts";
import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/**
 * Forbids tokens whose probability is less than `p` times that of the most probable one.
 *
 * @throws {ConfigError} `generate/min-p` if it is not in [0, 1].
 * @source Nguyen et al. 2024, https://arxiv.org/abs/2407.01082
 * @example sample({ minP: 0.05 }) // the strategy that draws under it
 */
export function minP({ p }: { readonly p: number }): StatelessProcessor {
  assertOption(p >= 0 && p <= 1, "min-p", `minP is from 0 to 1, got ${p}`);
  return stateless("min-p", (logits) => {
    const least = (logits[greatest(logits)] as number) + Math.log(p);
    for (let id = 0; id < logits.length; id++)
      if ((logits[id] as number) < least) logits[id] = Number.NEGATIVE_INFINITY;
  });
}
