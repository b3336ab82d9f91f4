import { assertOption } from "./logits.ts";
import { byAnswer, type LogitsProcessor } from "./logits-processor.ts";

/**
 * Makes tokens of the prompt and of the answer less probable: scores from 0 on are divided by the penalty, negative ones
 * multiplied. Below 1 it makes them more probable.
 *
 * @throws {ConfigError} `generate/repetition-penalty` if it is not a positive number.
 * @source Keskar et al. 2019, §4.1, https://arxiv.org/abs/1909.05858; `RepetitionPenaltyLogitsProcessor` of Hugging Face
 *   transformers 5.24
 * @example generate({ ...request, processors: [repetitionPenalty({ penalty: 1.2 })] })
 */
export function repetitionPenalty({ penalty }: { readonly penalty: number }): LogitsProcessor {
  const holds = Number.isFinite(penalty) && penalty > 0;
  assertOption(holds, "repetition-penalty", `the repetition penalty is a positive number, got ${penalty}`);
  return byAnswer("repetition-penalty", (scores, answer, { prompt }) => {
    for (const id of new Set([...prompt, ...answer])) {
      const score = scores[id];
      if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty;
    }
  });
}
