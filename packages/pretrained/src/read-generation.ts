import { z } from "zod";
import type { ReadingOptions } from "./family-record.ts";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { generationFields } from "./generation-fields.ts";
import { handleAttributes } from "./read-attributes.ts";

/** A plugin of `@trivium/generate` by name, with its options. */
export interface NamedPlugin {
  readonly name: string;
  readonly options: Readonly<Record<string, z.core.util.JSONType>>;
}

/** How a checkpoint asks to be answered with, in the names of plugins. */
export interface GenerationDefaults {
  readonly strategy: NamedPlugin;
  /** In the order of the reference. */
  readonly processors: readonly NamedPlugin[];
  readonly stop: readonly NamedPlugin[];
  /** The most tokens of an answer. Undefined where nothing is said. */
  readonly tokens?: number | undefined;
  /** The most tokens of the predicting stream, prompt and answer together. Undefined where nothing is said. */
  readonly length?: number | undefined;
  /** Answers of each prompt. */
  readonly samples: number;
  /** True where the first token is forced, which then is a part of the answer and not of the prompt. */
  readonly forcesFirst: boolean;
}

interface GenerationRequest extends ReadingOptions {
  /** True if an encoder reads the prompt. */
  readonly isPair: boolean;
}

const natural = z.int().min(0);
const id = natural.nullish();
const ids = z.array(natural).nullish();
const share = z.number().positive().max(1).nullish();

const attributes = z.object({
  max_length: z.int().positive().nullish(),
  max_new_tokens: z.int().positive().nullish(),
  min_length: natural.nullish(),
  min_new_tokens: natural.nullish(),
  do_sample: z.boolean().nullish(),
  num_beams: z.int().positive().nullish(),
  num_return_sequences: z.int().positive().nullish(),
  early_stopping: z.union([z.boolean(), z.literal("never")]).nullish(),
  length_penalty: z.number().nullish(),
  temperature: z.number().min(0).nullish(),
  top_k: natural.nullish(),
  top_p: share,
  min_p: z.number().min(0).max(1).nullish(),
  typical_p: share,
  penalty_alpha: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().positive().nullish(),
  no_repeat_ngram_size: natural.nullish(),
  encoder_no_repeat_ngram_size: natural.nullish(),
  bad_words_ids: z.array(z.array(natural).min(1)).nullish(),
  forced_bos_token_id: id,
  forced_eos_token_id: z.union([natural, z.array(natural).length(1)]).nullish(),
  suppress_tokens: ids,
  begin_suppress_tokens: ids,
  stop_strings: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).nullish(),
});

type Given = z.output<typeof attributes>;

/** Returns the attributes of a model's configuration that speak of generation, as they did before they had a file. */
export const generationOfConfig = (config: ForeignConfig): ForeignConfig =>
  Object.fromEntries(
    Object.entries(config).filter(
      ([name]) => Object.hasOwn(attributes.shape, name) || Object.hasOwn(generationFields.fixed, name),
    ),
  );

/** The reference's number of tokens that may be drawn where nothing is said. */
const DEFAULT_TOP_K = 50;

/**
 * Reads how a checkpoint asks to be answered with. Each attribute is one that is applied, ignored by name, equal to the one
 * value that it may have, or refused with all others of its kind.
 *
 * @param config - the attributes of `generation_config.json`, or those of `config.json` that speak of generation.
 * @throws {CheckpointError} `pretrained/generation` with the attributes that cannot be applied, or whose value is of the
 *   wrong form.
 * @source `GenerationConfig` of Hugging Face transformers 5.24
 */
export function readGeneration(config: ForeignConfig, request: GenerationRequest): GenerationDefaults {
  const { place, ignore, isPair } = request;
  const said = Object.fromEntries(Object.entries(config).filter(([name]) => !ignore.includes(name)));
  const record = { attributes, ...generationFields, name: "generate" };
  const given = handleAttributes(record, said, { place, ignore, code: "generation" });
  const refuse = refusing(place, "generation");
  const samples = given.num_return_sequences ?? 1;
  if (given.do_sample && (given.num_beams ?? 1) > 1)
    refuse("do_sample and num_beams: beams that are drawn are not there; leave one of both out");
  if (given.forced_bos_token_id != null && !isPair)
    refuse("forced_bos_token_id: without an encoder the prompt begins an answer; leave it out");
  const strategy = strategyOf(given, refuse);
  return {
    strategy,
    processors: processorsOf(given, isPair),
    stop: given.stop_strings == null ? [] : [{ name: "strings", options: { strings: [given.stop_strings].flat() } }],
    tokens: given.max_new_tokens ?? undefined,
    length: given.max_new_tokens == null ? (given.max_length ?? undefined) : undefined,
    samples,
    forcesFirst: given.forced_bos_token_id != null,
  };
}

function strategyOf(given: Given, refuse: (problem: string) => never): NamedPlugin {
  const { do_sample, num_beams, length_penalty, early_stopping, penalty_alpha, top_k: k } = given;
  if (!do_sample) {
    const candidates = k ?? DEFAULT_TOP_K;
    if ((num_beams ?? 1) === 1 && penalty_alpha && candidates > 1)
      return { name: "contrastive", options: { candidates, penalty: penalty_alpha } };
    if ((num_beams ?? 1) === 1) return { name: "greedy", options: {} };
    const early = early_stopping === "never" ? "never" : early_stopping ? "first" : "heuristic";
    return { name: "length-beam", options: { beam: num_beams as number, lengthPenalty: length_penalty ?? 1, early } };
  }
  const { temperature, top_k, top_p, min_p, typical_p } = given;
  if (temperature === 0)
    refuse(
      "temperature: expected a number above 0 where do_sample is true, got 0; correct it, or set do_sample to false",
    );
  const topK = top_k ?? DEFAULT_TOP_K;
  const said = { temperature, topK: topK === 0 ? undefined : topK, topP: top_p, minP: min_p, typicalP: typical_p };
  return { name: "sample", options: withoutNothing(said) };
}

/** Options without those of which nothing is said. */
const withoutNothing = <T>(options: Readonly<Record<string, T | null | undefined>>): Record<string, T> =>
  Object.fromEntries(Object.entries(options).flatMap(([name, value]) => (value == null ? [] : [[name, value]])));

function processorsOf(given: Given, isPair: boolean): NamedPlugin[] {
  const penalty = given.repetition_penalty ?? 1;
  const least = { tokens: given.min_new_tokens, length: given.min_new_tokens == null ? given.min_length : undefined };
  const forced = { first: given.forced_bos_token_id, last: [given.forced_eos_token_id].flat()[0] };
  const at = forced.first == null ? undefined : 1;
  const suppressed = { ids: given.suppress_tokens, first: given.begin_suppress_tokens, at };
  const all: [string, boolean, NamedPlugin["options"]][] = [
    ["repetition-penalty", penalty !== 1, { penalty }],
    ["no-repeat-n-gram", isSome(given.no_repeat_ngram_size), { size: given.no_repeat_ngram_size ?? 0 }],
    [
      "no-repeat-source-n-gram",
      isPair && isSome(given.encoder_no_repeat_ngram_size),
      { size: given.encoder_no_repeat_ngram_size ?? 0 },
    ],
    ["forbidden-words", isSome(given.bad_words_ids?.length), { words: given.bad_words_ids ?? [] }],
    ["minimum-length", isSome(least.tokens) || isSome(least.length), withoutNothing(least)],
    ["forced-tokens", forced.first != null || forced.last != null, withoutNothing(forced)],
    [
      "suppressed-tokens",
      isSome(suppressed.ids?.length) || isSome(suppressed.first?.length),
      withoutNothing<number | number[]>(suppressed),
    ],
  ];
  return all.flatMap(([name, isAsked, options]) => (isAsked ? [{ name, options }] : []));
}

const isSome = (count: number | null | undefined): boolean => (count ?? 0) > 0;
