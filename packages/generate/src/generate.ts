import { createRandom, type Random } from "@trivium/core";
import { type Example, type Features, toBatch } from "@trivium/features";
import { decodingBytes, type LanguageModel, rowsThatFit } from "@trivium/model";
import { type FeatureContext, type Objective, promptOf } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import { Answer } from "./answer.ts";
import { createAnswerText } from "./answer-text.ts";
import { decodePrompts } from "./decode-prompts.ts";
import { firstIds } from "./first-ids.ts";
import type { GenerateEvent } from "./generate-event.ts";
import { greedy } from "./greedy.ts";
import { assertOption } from "./logits.ts";
import type { LogitsProcessor } from "./logits-processor.ts";
import type { StopRule } from "./stop-rule.ts";
import { maximumLength } from "./stop-rules.ts";
import type { Strategy } from "./strategy.ts";

/** A model, examples to answer, and the way to answer them. */
export interface GenerateOptions extends Pick<FeatureContext, "special" | "tokenizer"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** Makes the prompts; the one that the model was trained with. */
  readonly objective: Objective;
  readonly examples: readonly Example[];
  /** The most tokens of an answer, for every example or for each. */
  readonly maximumTokens: number | readonly number[];
  /** Chooses the tokens. Default: `greedy()`. */
  readonly strategy?: Strategy | undefined;
  /** Answers of every example. Default 1. */
  readonly samples?: number | undefined;
  /** Change logits before the strategy reads them, in this order. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** The ids that end an answer and are no part of it. Default: those of `special`. */
  readonly ends?: readonly number[] | undefined;
  /** Further rules that end an answer. */
  readonly stop?: readonly StopRule[] | undefined;
  /**
   * The text that ids spell: then text comes as events too. A tokenizer's `decode` or `decodeTarget`; with the ids of the
   * prompt in the predicting stream, behind which the text may go on.
   */
  readonly decodeText?: ((ids: readonly number[], prompt: readonly number[]) => string) | undefined;
  /** Decides what is drawn, with the example's index and the sample. Default 0. */
  readonly seed?: number | string | undefined;
  /** Asks for an event of each step's choices. Default false. */
  readonly trace?: boolean | undefined;
  /** Asks for the log-probability of each token. Default false. */
  readonly logProbabilities?: boolean | undefined;
  /**
   * The most rows to decode together; fewer where they would not fit into memory. An answer has as many rows as its
   * strategy keeps open. Default 256.
   */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A prompt with its place in the request. */
interface Prompt {
  readonly index: number;
  readonly features: Features;
}

/**
 * Decodes many examples in batches of similar length, as a stream of events that come as soon as they are known: tokens,
 * text, and the end of each answer. Prompts run once, with keys and values cached.
 *
 * An answer does not depend on the examples beside it: it draws from a random stream of its own, and the model computes
 * each row by itself. Gives way to timers and signals between steps, every 16 ms or so; an aborted signal finishes every
 * answer that is not over as `"aborted"`.
 *
 * @throws {ConfigError} `generate/maximum-tokens`, `generate/samples`, `generate/stop`, `generate/beam`; what the
 *   objective's prompt and the decoder's `prefill` throw.
 * @example
 * const request = { model, parameters, objective, special: tokenizer.special, examples, maximumTokens: 20 };
 * for await (const event of generate(request)) console.log(event);
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerateEvent> {
  const { model, parameters, batchSize = 256, strategy = greedy(), samples = 1, signal } = options;
  const prompts = promptsOf(options);
  const createAnswers = answersOf(options, strategy, samples);
  const together = Math.max(1, Math.floor(batchSize / (strategy.rows * samples)));
  const decoder = model.decoder(parameters);
  try {
    const room = Math.min(model.length, Math.max(...[options.maximumTokens].flat()));
    const sizes = { room, perPrompt: strategy.rows * samples };
    for (let start = 0; start < prompts.length; ) {
      const next = prompts.slice(start, start + together).map((prompt) => prompt.features);
      const features = next.slice(
        0,
        rowsThatFit(next, (shape) => decodingBytes(model, shape, sizes)),
      );
      const answers = prompts.slice(start, start + features.length).flatMap(createAnswers);
      start += features.length;
      const input = toBatch(features, { pad: options.special.pad });
      if (signal?.aborted) for (const answer of answers) yield* answer.abort();
      else yield* decodePrompts({ decoder, input, answers, samples, signal });
    }
  } finally {
    decoder.dispose();
  }
}

const randomOf = ({ seed = 0 }: GenerateOptions): Random => createRandom(seed).split("generate");

/** Prompts of similar length side by side. */
function promptsOf(options: GenerateOptions): Prompt[] {
  const { objective, special, tokenizer, examples } = options;
  const random = randomOf(options).split("prompts");
  const prompts = examples.map((example, index) => ({
    index,
    features: promptOf(objective, example, { special, tokenizer, random: random.split(index) }),
  }));
  const first = objective.streams[0] as string;
  const lengthOf = ({ features }: Prompt): number => features.streams[first]?.length ?? 0;
  return prompts.sort((a, b) => lengthOf(a) - lengthOf(b) || a.index - b.index);
}

/** A function that makes the answers of a prompt. */
function answersOf(options: GenerateOptions, strategy: Strategy, samples: number): (prompt: Prompt) => Answer[] {
  const { model, stop = [], ends = options.special.end, decodeText, tokenizer, trace, logProbabilities } = options;
  const { vocabulary } = model.config;
  const processors = [...(options.processors ?? [])];
  if (tokenizer && tokenizer.size < vocabulary) processors.unshift(firstIds(tokenizer.size));
  const isCount = Number.isSafeInteger(samples) && samples > 0;
  assertOption(isCount, "samples", `samples is a positive integer, got ${samples}`);
  const isSpelled = decodeText !== undefined || stop.every(({ holdsBack }) => holdsBack === undefined);
  assertOption(isSpelled, "stop", "a text that ends an answer needs decodeText, which spells answers");
  const roomOfPrompt = roomOf(options);
  const random = randomOf(options);
  const allEnds = [...ends, ...stop.flatMap((rule) => rule.ends ?? [])];
  const stream = model.architecture.streams.at(-1) as string;
  return ({ index, features }) => {
    const room = roomOfPrompt(index, features);
    const prompt = features.streams[stream] ?? [];
    return Array.from({ length: samples }, (_, sample) => {
      const own = random.split(index).split(sample);
      const search = strategy.start({ vocabulary, room, ends: allEnds, random: own });
      // A search that chooses among answers keeps to its room.
      const rules = search.best ? stop : [...stop, maximumLength({ tokens: room })];
      return new Answer({
        index,
        sample,
        search,
        processors: processors.map((processor) => processor.create({ index, sample, prompt })),
        rules,
        text: decodeText && createAnswerText((ids) => decodeText(ids, prompt), rules),
        trace,
        logProbabilities,
      });
    });
  };
}

/**
 * Returns a function that says how many tokens an answer may have before it passes what was asked for, or the model's
 * length.
 *
 * @throws {ConfigError} `generate/maximum-tokens`
 */
function roomOf({ model, examples, maximumTokens }: GenerateOptions): (index: number, prompt: Features) => number {
  const { architecture, config } = model;
  const asked = typeof maximumTokens === "number" ? examples.map(() => maximumTokens) : maximumTokens;
  const wrong = asked.find((tokens) => !Number.isSafeInteger(tokens) || tokens < 1);
  assertOption(wrong === undefined, "maximum-tokens", `maximumTokens is a positive integer, got ${wrong}`);
  const got = `${asked.length} for ${examples.length} examples`;
  const message = `maximumTokens is one number, or one for each example, got ${got}`;
  assertOption(asked.length === examples.length, "maximum-tokens", message);
  // Merged attention reads its streams as one text.
  const counted = config.crossAttention === "merged" ? architecture.streams : architecture.streams.slice(-1);
  return (index, { streams }) => {
    const taken = counted.reduce((sum, stream) => sum + (streams[stream]?.length ?? 0), 0);
    return Math.min(asked[index] as number, config.length - taken + 1);
  };
}
