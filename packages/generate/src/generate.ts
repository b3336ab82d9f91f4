import { createRandom, type Random } from "@trivium/core";
import { type Example, type Features, toBatch } from "@trivium/features";
import { type Decoder, decodingBytes, type LanguageModel, rowsThatFit } from "@trivium/model";
import { type FeatureContext, type Objective, promptOf } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import { Answer } from "./answer.ts";
import { AnswerEvents } from "./answer-events.ts";
import { createAnswerText } from "./answer-text.ts";
import { decodePrompts } from "./decode-prompts.ts";
import { firstIds } from "./first-ids.ts";
import type { GenerateEvent } from "./generate-event.ts";
import { greedy } from "./greedy.ts";
import { assertOption } from "./logits.ts";
import type { LogitsProcessor, ProcessedRow } from "./logits-processor.ts";
import type { StopRule } from "./stop-rule.ts";
import { maximumLength } from "./stop-rules.ts";
import type { Strategy } from "./strategy.ts";
import type { LogProbabilityOptions } from "./token-scores.ts";

/** A model, examples to answer, and the way to answer them. */
export interface GenerateOptions extends Pick<FeatureContext, "special" | "tokenizer"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** Makes the prompts; the one that the model was trained with. */
  readonly objective: Objective;
  readonly examples: readonly Example[];
  /** The most tokens of an answer, for every example or for each. */
  readonly maximumTokens: number | readonly number[];
  /** The most tokens of the predicting stream, the prompt's among them. Default: the model's length. */
  readonly maximumLength?: number | undefined;
  /** Chooses the tokens. Default: `greedy()`. */
  readonly strategy?: Strategy | undefined;
  /**
   * Answers of every example: drawn one by one, or the best that one search chooses, where a strategy chooses several.
   * Default 1.
   */
  readonly samples?: number | undefined;
  /**
   * Change logits before the strategy reads them, in this order; the strategy's own follow. `inReferenceOrder` sorts them
   * as Hugging Face transformers does.
   */
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
  /**
   * Decides what is drawn: one seed, with the example's index and the sample; or one for each example, with the sample
   * alone, so that an answer does not depend on the example's place. Default 0.
   */
  readonly seed?: Seed | readonly Seed[] | undefined;
  /** Asks for an event of each step's choices. Default false. */
  readonly trace?: boolean | undefined;
  /** Asks for the log-probability of each token, and for those of the most probable ones. Default false. */
  readonly logProbabilities?: boolean | LogProbabilityOptions | undefined;
  /**
   * The most rows to decode together; fewer where they would not fit into memory. An answer has as many rows as its
   * strategy keeps open. Default 256.
   */
  readonly batchSize?: number | undefined;
  /** Decodes every `ranks`-th batch alone, for one of several processes that cut the same batches. Default: all of them. */
  readonly share?: { readonly rank: number; readonly ranks: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Runs the model, and stays: one of `keepingDecoder` goes on where the last answer ended. Default: one of its own. */
  readonly decoder?: Decoder | undefined;
}

type Seed = number | string;

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
 * @throws {ConfigError} `generate/maximum-tokens`, `generate/maximum-length`, `generate/samples`,
 *   `generate/seed`, `generate/stop`, `generate/beam`; what the objective's prompt, the decoder's `prefill` and processors throw.
 * @example
 * const request = { model, parameters, objective, special: tokenizer.special, examples, maximumTokens: 20 };
 * for await (const event of generate(request)) console.log(event);
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerateEvent> {
  const { model, parameters, batchSize = 256, strategy = greedy(), samples = 1, signal, share } = options;
  assertSamples(samples, strategy);
  const prompts = promptsOf(options);
  const searches = strategy.answers === undefined ? samples : 1;
  const createAnswers = answersOf(options, { strategy, searches });
  const together = Math.max(1, Math.floor(batchSize / (strategy.rows * searches)));
  const decoder = options.decoder ?? model.decoder(parameters);
  try {
    const longest = options.maximumLength ?? model.length;
    const room = Math.min(model.length, longest, Math.max(...[options.maximumTokens].flat()));
    const sizes = { room, perPrompt: strategy.rows * searches };
    for (let [start, number] = [0, 0]; start < prompts.length; number++) {
      const next = prompts.slice(start, start + together).map((prompt) => prompt.features);
      const features = next.slice(
        0,
        rowsThatFit(next, (shape) => decodingBytes(model, shape, sizes)),
      );
      const chosen = prompts.slice(start, start + features.length);
      start += features.length;
      if (share && number % share.ranks !== share.rank) continue;
      const answers = chosen.flatMap(createAnswers);
      const input = toBatch(features, { pad: options.special.pad });
      if (signal?.aborted) for (const answer of answers) yield* answer.abort();
      else yield* decodePrompts({ decoder, input, answers, searches, states: strategy.states ?? false, signal });
    }
  } finally {
    if (!options.decoder) decoder.dispose();
  }
}

/** @throws {ConfigError} `generate/samples` */
function assertSamples(samples: number, { name, answers = Number.POSITIVE_INFINITY }: Strategy): void {
  const isCount = Number.isSafeInteger(samples) && samples > 0;
  assertOption(isCount, "samples", `samples is a positive integer, got ${samples}`);
  const remedy = "ask for fewer, widen the beam of lengthBeam, or draw with sample";
  const message = `the strategy ${name} chooses ${answers} of its answers at most, got samples ${samples}; ${remedy}`;
  assertOption(samples <= answers, "samples", message);
}

/**
 * Returns the random stream of an example, and of the prompt of one.
 *
 * @throws {ConfigError} `generate/seed`
 */
function randomOf({ seed = 0, examples }: GenerateOptions): (index: number, use?: "prompts") => Random {
  const isList = typeof seed === "object";
  const message = `seed is one value, or one for each of ${examples.length} examples, got ${isList ? seed.length : 1}`;
  assertOption(!isList || seed.length === examples.length, "seed", message);
  return (index, use) => {
    const own = createRandom(isList ? (seed[index] as Seed) : seed).split("generate");
    return (use ? own.split(use) : own).split(isList ? 0 : index);
  };
}

/** Prompts of similar length side by side. */
function promptsOf(options: GenerateOptions): Prompt[] {
  const { objective, special, tokenizer, examples } = options;
  const random = randomOf(options);
  const prompts = examples.map((example, index) => ({
    index,
    features: promptOf(objective, example, { special, tokenizer, random: random(index, "prompts") }),
  }));
  const first = objective.streams[0] as string;
  const lengthOf = ({ features }: Prompt): number => features.streams[first]?.length ?? 0;
  return prompts.sort((a, b) => lengthOf(a) - lengthOf(b) || a.index - b.index);
}

/** How the answers of a prompt are looked for. */
interface Searching {
  readonly strategy: Strategy;
  /** Searches for each prompt; with one, it may choose several answers. */
  readonly searches: number;
}

/** A function that makes the searches of a prompt. */
function answersOf(options: GenerateOptions, { strategy, searches }: Searching): (prompt: Prompt) => Answer[] {
  const { model, stop = [], ends = options.special.end, samples = 1, trace, logProbabilities: asked } = options;
  const { vocabulary } = model.config;
  const processors = processorsOf(options, strategy);
  const roomOfPrompt = roomOf(options);
  const random = randomOf(options);
  const eventsOf = answerEventsOf(options);
  const allEnds = [...ends, ...stop.flatMap((rule) => rule.ends ?? [])];
  const [source, predicting = source as string] = model.architecture.streams;
  return ({ index, features: { streams } }) => {
    const room = roomOfPrompt(index, streams);
    const prompt = streams[predicting] ?? [];
    return Array.from({ length: searches }, (_, sample) => {
      const row: ProcessedRow = {
        index,
        sample,
        prompt,
        source: source === predicting ? undefined : streams[source as string],
        ends: allEnds,
        room,
      };
      const search = strategy.start({ vocabulary, room, ends: allEnds, random: random(index).split(sample) });
      // A search that chooses among answers keeps to its room.
      const rules = search.best ? stop : [...stop, maximumLength({ tokens: room })];
      const others = Array.from({ length: samples / searches - 1 }, (_, other) => eventsOf(row, rules, other + 1));
      return new Answer({
        search,
        scores: strategy.scores,
        processors: processors.map((processor) => processor.create(row)),
        events: [eventsOf(row, rules, sample), ...others],
        trace,
        logProbabilities: asked === true ? {} : asked || undefined,
      });
    });
  };
}

/** The processors of a request in their order. */
function processorsOf({ model, tokenizer, processors = [] }: GenerateOptions, strategy: Strategy): LogitsProcessor[] {
  const { vocabulary } = model.config;
  const within = tokenizer && tokenizer.size < vocabulary ? [firstIds(tokenizer.size)] : [];
  return [...within, ...processors, ...(strategy.processors ?? [])];
}

/** Returns a function that begins an answer's events. @throws {ConfigError} `generate/stop` */
function answerEventsOf({ decodeText, stop = [] }: GenerateOptions) {
  const isSpelled = decodeText !== undefined || stop.every(({ holdsBack }) => holdsBack === undefined);
  assertOption(isSpelled, "stop", "a text that ends an answer needs decodeText, which spells answers");
  return ({ index, prompt }: ProcessedRow, rules: readonly StopRule[], sample: number): AnswerEvents => {
    const text = decodeText && createAnswerText((ids) => decodeText(ids, prompt), rules);
    return new AnswerEvents({ index, sample, rules, text });
  };
}

/**
 * Returns a function that says how many tokens an answer may have before it passes what was asked for, or the model's
 * length.
 *
 * @throws {ConfigError} `generate/maximum-tokens`, `generate/maximum-length`
 */
function roomOf(options: GenerateOptions): (index: number, prompt: Features["streams"]) => number {
  const { model, examples, maximumTokens, strategy, maximumLength: longest = Number.POSITIVE_INFINITY } = options;
  const { architecture, config } = model;
  const asked = typeof maximumTokens === "number" ? examples.map(() => maximumTokens) : maximumTokens;
  const wrong = asked.find((tokens) => !Number.isSafeInteger(tokens) || tokens < 1);
  assertOption(wrong === undefined, "maximum-tokens", `maximumTokens is a positive integer, got ${wrong}`);
  const got = `${asked.length} for ${examples.length} examples`;
  const message = `maximumTokens is one number, or one for each example, got ${got}`;
  assertOption(asked.length === examples.length, "maximum-tokens", message);
  // Merged attention reads its streams as one text.
  const counted = config.crossAttention === "merged" ? architecture.streams : architecture.streams.slice(-1);
  return (index, streams) => {
    const taken = counted.reduce((sum, stream) => sum + (streams[stream]?.length ?? 0), 0);
    const prompt = streams[architecture.streams.at(-1) as string]?.length ?? 0;
    const short = `maximumLength is more than the ${prompt} tokens of a prompt, got ${longest}`;
    assertOption(longest > prompt, "maximum-length", `${short}; raise it, or shorten the prompt`);
    // The last token of an answer is run only for its state.
    const places = config.length - taken + (strategy?.states ? 0 : 1);
    return Math.min(asked[index] as number, places, longest - prompt);
  };
}
