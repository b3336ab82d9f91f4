import type { Random } from "@trivium/core";
import { isPair, type TokensExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { corruption, type IdCorruption, type SplitExample } from "./corruption.ts";
import type { FeatureContext } from "./feature-context.ts";
import { infill } from "./infill.ts";
import { sentenceStarts } from "./sentence-starts.ts";
import { textOf } from "./text-of.ts";

const share = z.number().min(0).max(1);

/** The options of {@link noises}. */
export const noiseOptions = {
  /** The share of sentences that change places with one another. */
  permutation: share.default(1),
  /** The share of tokens that are deleted. */
  deletion: share.default(0),
  /** The share of tokens that are masked, one mask each. */
  masking: share.default(0),
  /** The share of tokens that give way to masks, one mask a span. */
  infilling: share.default(0.3),
  /** The mean number of tokens of a span, of a Poisson distribution; a span of none inserts a mask. */
  meanLength: z.number().positive().default(3),
  /** The share of texts that begin at a token chosen at random, with what stands before it at the end. */
  rotation: share.default(0),
};
const schema = z.strictObject(noiseOptions);
type Settings = z.output<typeof schema>;

/**
 * Returns BART's noises: the source is the text with noise, the target is the whole text. The noises come in the order of
 * the options, each over what the one before left. The default is the published mixture: all sentences are permuted, and
 * spans that hold 30 % of the tokens give way to masks.
 *
 * A share of `n` tokens or sentences is `⌈n · share⌉` of them, each choice equally likely. A source is never longer than
 * its text. Sentences begin where the example says so (`sentences`), or else where the text of the tokens does; without a
 * tokenizer a text is one sentence. What the noises leave of the labels is declared as shown (`shows`).
 *
 * @throws {ConfigError} `objective/options`.
 * @throws {DataError} `objective/example` from `apply` for a pair, and for an empty text.
 * @source Lewis et al. 2020, §2.2 and §5.1, https://arxiv.org/abs/1910.13461
 * @example
 * ```text
 * text 10 … 17 of the sentences 10 11 12, 13 14 and 15 16 17; M is the mask
 * permutation of all         source 15 16 17 10 11 12 13 14   target 10 … 17
 * deletion of a quarter      source 10 12 13 14 15 17         target 10 … 17
 * masking of a quarter       source 10  M 12 13 14 15  M 17   target 10 … 17
 * infilling of 30 %          source 10  M 14 15  M 16 17      target 10 … 17 (spans of three tokens and of none)
 * rotation                   source 14 15 16 17 10 11 12 13   target 10 … 17
 * ```
 */
export function noises(options: z.input<typeof schema> = {}): IdCorruption<SplitExample> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "noises" });
  const { deletion, masking, infilling } = settings;
  return {
    name: "noises",
    settings,
    level: "ids",
    needs: masking + infilling > 0 ? ["mask"] : [],
    shows: (1 - deletion) * (1 - masking) * (1 - infilling),
    lengths: (raw) => [{ source: raw - shareOf(raw, deletion), target: raw }],
    apply(example, context) {
      const text = textOf(example, "BART's noise", 1);
      return { source: noised(text, settings, context), target: text.tokens, ends: text.ends ?? false };
    },
    prompt: (example) => ({ source: isPair(example) ? example.source : example.tokens, target: [], ends: false }),
  };
}

function noised(text: TokensExample, settings: Settings, context: FeatureContext): readonly number[] {
  const { random, special } = context;
  const mask = special.mask as number;
  let tokens = text.tokens;
  if (settings.permutation > 0) tokens = permute(sentencesOf(text, context), settings.permutation, random).flat();
  const deleted = chosen(tokens.length, settings.deletion, random);
  tokens = tokens.filter((_, at) => !deleted.has(at));
  const masked = chosen(tokens.length, settings.masking, random);
  tokens = tokens.map((id, at) => (masked.has(at) ? mask : id));
  const removed = shareOf(tokens.length, settings.infilling);
  if (removed > 0) tokens = infill(tokens, { removed, meanLength: settings.meanLength, mask }, random);
  if (tokens.length === 0 || settings.rotation === 0 || random.uniform() >= settings.rotation) return tokens;
  const first = random.integer(tokens.length);
  return [...tokens.slice(first), ...tokens.slice(0, first)];
}

/** The share of so many things; rounding errors of the product are no further one. */
const shareOf = (count: number, part: number): number => Math.ceil(count * part - 1e-9);

/** A share of the indices below a count. */
const chosen = (count: number, part: number, random: Random): ReadonlySet<number> =>
  new Set(part === 0 ? [] : random.shuffle([...Array(count).keys()]).slice(0, shareOf(count, part)));

function sentencesOf({ tokens, sentences }: TokensExample, { tokenizer }: FeatureContext): readonly number[][] {
  const known = sentences ?? (tokenizer ? sentenceStarts(tokens, tokenizer) : []);
  const starts = [0, ...known.filter((start) => start > 0 && start < tokens.length)];
  return starts.map((start, index) => tokens.slice(start, starts[index + 1]));
}

/** A share of the items, which change places with one another; the others stay. */
function permute<T>(items: readonly T[], part: number, random: Random): T[] {
  const places = [...chosen(items.length, part, random)];
  const permuted = [...items];
  for (const [index, from] of random.shuffle(places).entries()) permuted[places[index] as number] = items[from] as T;
  return permuted;
}

/** The plugin of {@link noises}. */
export const noisesPlugin = corruption("noises", noises, {
  description: "BART's noises: sentences are permuted, tokens deleted or masked, spans infilled, texts rotated.",
  schema,
});
