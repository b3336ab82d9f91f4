import { ConfigError, createRandom } from "@trivium/core";
import { type Example, type ModelInput, toBatch } from "@trivium/features";
import type { LanguageModel } from "@trivium/model";
import { type FeatureContext, type Objective, promptOf } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import { decodeWithBeam } from "./beam-search.ts";
import { type Decoded, type DecodeOptions, decodeGreedily } from "./greedy.ts";

/** The examples to decode, and the model and objective to decode with. */
export interface GenerateOptions extends Pick<FeatureContext, "special" | "tokenizer"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** The objective that the model was trained with; it makes the prompts. */
  readonly objective: Objective;
  readonly examples: readonly Example[];
  /** The most tokens of an answer, for every example or for each. */
  readonly maximumTokens: number | readonly number[];
  /** How many rows are decoded together; an example has one, or with a beam up to as many as that. Default 256. */
  readonly batchSize?: number;
  /** Searches with that many open hypotheses of each example. Default: greedy decoding. */
  readonly beam?: number | undefined;
  /** α of beam search's length penalty, see `decodeWithBeam`. Default 0.6. */
  readonly lengthPenalty?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Results as they come; `index` is the example's place in the request. */
export type GenerateEvent =
  | { readonly type: "generated"; readonly index: number; readonly result: Decoded }
  | { readonly type: "finished"; readonly examples: number; readonly tokens: number; readonly seconds: number };

/**
 * Decodes many examples in batches of similar length, greedily or with a beam, as a stream of events.
 *
 * Gives way to timers and signals between tokens; an aborted signal ends the stream without the batch at hand.
 *
 * @throws {ConfigError} `generate/maximum-tokens`, `generate/beam`, `generate/length-penalty`; what
 * `promptOf` of the objective and the model's `prefill` throw.
 * @example
 * const request = { model, parameters, objective, special: tokenizer.special, examples, maximumTokens: 20 };
 * for await (const event of generate(request)) console.log(event);
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerateEvent> {
  const { objective, special, tokenizer, examples, maximumTokens, batchSize = 256, beam = 1, signal } = options;
  const decode = decoderOf(options);
  const examplesTogether = Math.max(1, Math.floor(batchSize / beam));
  const random = createRandom("generate");
  const prompts = examples.map((example, index) => ({
    index,
    prompt: promptOf(objective, example, { special, tokenizer, random }),
  }));
  const first = objective.streams[0] as string;
  prompts.sort((a, b) => a.prompt.streams[first]!.length - b.prompt.streams[first]!.length || a.index - b.index);
  const started = performance.now();
  let [done, tokens] = [0, 0];
  const limitOf = (index: number) =>
    typeof maximumTokens === "number" ? maximumTokens : (maximumTokens[index] as number);
  for (let start = 0; start < prompts.length; start += examplesTogether) {
    const rows = prompts.slice(start, start + examplesTogether);
    const input = toBatch(
      rows.map(({ prompt }) => prompt),
      { pad: special.pad },
    );
    const results = await decode(input, {
      end: special.end,
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

/** @throws {ConfigError} `generate/length-penalty` without a beam. */
function decoderOf({ model, parameters, beam, lengthPenalty }: GenerateOptions) {
  if (beam === undefined && lengthPenalty !== undefined) {
    const message = `greedy decoding has no length penalty, got ${lengthPenalty}; give a beam too, or leave it out`;
    throw new ConfigError("generate/length-penalty", message);
  }
  return (input: ModelInput, options: DecodeOptions): Promise<readonly Decoded[]> =>
    beam === undefined
      ? decodeGreedily(model, parameters, input, options)
      : decodeWithBeam(model, parameters, input, { ...options, beam, lengthPenalty });
}
