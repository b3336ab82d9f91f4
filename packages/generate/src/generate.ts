import { createRandom } from "@trivium/core";
import { type Example, specialIds, toBatch } from "@trivium/features";
import type { Model } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import { type Decoded, decodeGreedily } from "./greedy.ts";

/** What to decode, and with what. */
export interface GenerateOptions {
  readonly model: Model;
  readonly parameters: ParameterTree;
  /** Makes the prompts; the one that the model was trained with. */
  readonly objective: Objective;
  readonly examples: readonly Example[];
  /** The most tokens of an answer, for every example or for each. */
  readonly maximumTokens: number | readonly number[];
  /** How many rows are decoded together. Default 256. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** Results as they come; `index` is the example's place in the request. */
export type GenerateEvent =
  | { readonly type: "generated"; readonly index: number; readonly result: Decoded }
  | { readonly type: "finished"; readonly examples: number; readonly tokens: number; readonly seconds: number };

/**
 * Decodes many examples greedily in batches of similar length, as a stream of events.
 *
 * Gives way to timers and signals between tokens; an aborted signal ends the stream without the batch at hand.
 *
 * @throws {ConfigError} `generate/maximum-tokens`; what the objective's `prompt` and the model's `prefill` throw.
 * @example for await (const event of generate({ model, parameters, objective, examples, maximumTokens: 20 })) console.log(event);
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerateEvent> {
  const { model, parameters, objective, examples, maximumTokens, batchSize = 256, signal } = options;
  const random = createRandom("generate");
  const prompts = examples.map((example, index) => ({
    index,
    prompt: objective.prompt(example, { specials: specialIds, random }),
  }));
  const first = objective.streams[0] as string;
  prompts.sort((a, b) => a.prompt.streams[first]!.length - b.prompt.streams[first]!.length || a.index - b.index);
  const started = performance.now();
  let [done, tokens] = [0, 0];
  const limitOf = (index: number) =>
    typeof maximumTokens === "number" ? maximumTokens : (maximumTokens[index] as number);
  for (let start = 0; start < prompts.length; start += batchSize) {
    const rows = prompts.slice(start, start + batchSize);
    const input = toBatch(
      rows.map(({ prompt }) => prompt),
      { pad: specialIds.pad },
    );
    const results = await decodeGreedily(model, parameters, input, {
      endOfSequence: specialIds.endOfSequence,
      maximumTokens: rows.map(({ index }) => limitOf(index)),
      signal,
    });
    if (signal?.aborted) return;
    for (const [at, result] of results.entries()) {
      done += 1;
      tokens += result.ids.length;
      yield { type: "generated", index: (rows[at] as { index: number }).index, result };
    }
  }
  yield { type: "finished", examples: done, tokens, seconds: (performance.now() - started) / 1000 };
}
