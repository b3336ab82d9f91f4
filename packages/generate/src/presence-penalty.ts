import { assertOption } from "./logits.ts";
import { byAnswer, type LogitsProcessor } from "./logits-processor.ts";

/**
 * Takes the penalty from the score of each token that the answer has, once however often it stands there. A negative one
 * makes such tokens more probable.
 *
 * @throws {ConfigError} `generate/presence-penalty` if it is not finite.
 * @source https://platform.openai.com/docs/advanced-usage#frequency-and-presence-penalties
 * @example generate({ ...request, processors: [presencePenalty({ penalty: 0.5 })] })
 */
export function presencePenalty({ penalty }: { readonly penalty: number }): LogitsProcessor {
  const message = `the presence penalty is a finite number, got ${penalty}`;
  assertOption(Number.isFinite(penalty), "presence-penalty", message);
  return byAnswer("presence-penalty", (scores, answer) => {
    for (const id of new Set(answer)) scores[id] = (scores[id] as number) - penalty;
  });
}
