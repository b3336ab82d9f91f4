import { createRandom } from "@trivium/core";
import { type Example, specialIds, toBatch } from "@trivium/features";
import type { Model } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import { type Decoded, decodeGreedily } from "./greedy.ts";

export interface GenerateOptions {
  readonly model: Model;
  readonly parameters: ParameterTree;
  /** Makes the prompts; the one that the model was trained with. */
  readonly objective: Objective;
  readonly examples: readonly Example[];
  readonly maximumTokens: number;
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
 * Gives way to timers and signals between batches; an aborted signal ends the stream after the batch.
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
  for (let start = 0; start < prompts.length; start += batchSize) {
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) return;
    const rows = prompts.slice(start, start + batchSize);
    const input = toBatch(
      rows.map(({ prompt }) => prompt),
      { pad: specialIds.pad },
    );
    const results = decodeGreedily(model, parameters, input, {
      endOfSequence: specialIds.endOfSequence,
      maximumTokens,
    });
    for (const [at, result] of results.entries()) {
      done += 1;
      tokens += result.ids.length;
      yield { type: "generated", index: (rows[at] as { index: number }).index, result };
    }
  }
  yield { type: "finished", examples: done, tokens, seconds: (performance.now() - started) / 1000 };
}
