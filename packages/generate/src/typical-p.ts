import { assertOption, logProbabilities } from "./logits.ts";
import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/**
 * Forbids all but the most typical tokens that together have a probability of at least `p`: those whose information
 * `−log q` is nearest to the entropy of the distribution.
 *
 * @throws {ConfigError} `generate/typical-p` if it is not in (0, 1].
 * @source Meister et al. 2022, §3, https://arxiv.org/abs/2202.00666; `TypicalLogitsWarper` of Hugging Face transformers
 *   5.24
 * @example sample({ typicalP: 0.9 }) // the strategy that draws under it
 */
export function typicalP({ p }: { readonly p: number }): StatelessProcessor {
  assertOption(p > 0 && p <= 1, "typical-p", `typicalP is above 0 and at most 1, got ${p}`);
  return stateless("typical-p", (scores) => {
    if (p === 1) return;
    const logs = logProbabilities(scores);
    const possible = logs.flatMap((log, id) => (log > -Infinity ? [id] : []));
    const entropy = possible.reduce((sum, id) => sum - (logs[id] as number) * Math.exp(logs[id] as number), 0);
    const distance = (id: number): number => Math.abs(-(logs[id] as number) - entropy);
    possible.sort((a, b) => distance(a) - distance(b));
    let sum = 0;
    const last = possible.findIndex((id) => {
      sum += Math.exp(logs[id] as number);
      return sum >= p;
    });
    const most = distance(possible[last < 0 ? possible.length - 1 : last] as number);
    for (const id of possible) if (distance(id) > most) scores[id] = Number.NEGATIVE_INFINITY;
  });
}
