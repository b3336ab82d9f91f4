import { assertOption } from "./logits.ts";
import { byAnswer, type LogitsProcessor } from "./logits-processor.ts";

/**
 * Takes the penalty from the score of each token as often as the answer has the token. A negative one makes such tokens
 * more probable.
 *
 * @throws {ConfigError} `generate/frequency-penalty` if it is not finite.
 * @source https://platform.openai.com/docs/advanced-usage#frequency-and-presence-penalties
 * @example generate({ ...request, processors: [frequencyPenalty({ penalty: 0.5 })] })
 */
export function frequencyPenalty({ penalty }: { readonly penalty: number }): LogitsProcessor {
  const message = `the frequency penalty is a finite number, got ${penalty}`;
  assertOption(Number.isFinite(penalty), "frequency-penalty", message);
  return byAnswer("frequency-penalty", (scores, answer) => {
    for (const id of answer) scores[id] = (scores[id] as number) - penalty;
  });
}
