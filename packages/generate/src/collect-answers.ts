import type { FinishReason, GenerateEvent } from "./generate-event.ts";
import type { TokenScore } from "./token-scores.ts";

/** An answer that is over. */
export interface Answered {
  /** Without the prompt and without the end. */
  readonly ids: readonly number[];
  /** Empty where no text was asked for. */
  readonly text: string;
  readonly reason: FinishReason;
  /** Log-probability of the whole answer, nats; of a search that chooses among answers. */
  readonly logProbability?: number | undefined;
  /** Of each token; where `logProbabilities` were asked for. */
  readonly scores?: readonly TokenScore[] | undefined;
}

/** An answer, and whose it is. */
export interface PlacedAnswer extends Answered {
  readonly index: number;
  readonly sample: number;
}

/**
 * Answers, each when it is over.
 *
 * @example for await (const { index, ids } of answersAsTheyEnd(generate(options))) console.log(index, ids);
 */
export async function* answersAsTheyEnd(events: AsyncIterable<GenerateEvent>): AsyncGenerator<PlacedAnswer> {
  const open = new Map<string, { ids: number[]; text: string; scores: TokenScore[] }>();
  for await (const event of events) {
    const { index, sample } = event;
    const key = `${index} ${sample}`;
    const answer = open.get(key) ?? { ids: [], text: "", scores: [] };
    open.set(key, answer);
    if (event.type === "token") {
      answer.ids.push(event.id);
      const { logProbability, top } = event;
      if (logProbability !== undefined) answer.scores.push({ logProbability, top });
    }
    if (event.type === "text") answer.text += event.text;
    if (event.type !== "finished") continue;
    open.delete(key);
    const scores = answer.scores.length > 0 ? answer.scores : undefined;
    yield { index, sample, ...answer, scores, reason: event.reason, logProbability: event.logProbability };
  }
}

/**
 * All answers, `[example][sample]`.
 *
 * @example (await collectAnswers(generate({ model, parameters, objective, special, examples, maximumTokens: 20 })))[0][0].ids
 */
export async function collectAnswers(events: AsyncIterable<GenerateEvent>): Promise<Answered[][]> {
  const answers: Answered[][] = [];
  for await (const { index, sample, ...answer } of answersAsTheyEnd(events)) {
    answers[index] ??= [];
    answers[index][sample] = answer;
  }
  return answers;
}
