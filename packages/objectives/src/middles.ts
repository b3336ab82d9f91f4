import type { Random } from "@trivium/core";
import { isPair, isTextPair, type TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import type { Ids, SpecialTokens } from "@trivium/text";
import { z } from "zod";
import { type Corruption, corruption, type SplitExample } from "./corruption.ts";
import { refusePair, textOf } from "./text-of.ts";
import { assertTokens, wholePrompt } from "./whole-example.ts";

/** The options of {@link middles}. */
export const middleOptions = {
  /** Where cuts may fall: between characters, so within tokens too, or between tokens. */
  level: z.enum(["characters", "tokens"]).default("characters"),
  /** The share of texts that are rewritten; the others stay as they are. */
  rate: z.number().min(0).max(1).default(0.5),
  /** The share of the rewritten texts whose suffix stands first. */
  suffixFirst: z.number().min(0).max(1).default(0.5),
};
const schema = z.strictObject(middleOptions);
type Settings = z.output<typeof schema>;

/**
 * Returns the corruption of fill-in-the-middle: a text is cut at two places, and its middle is predicted last, from what
 * stands before and behind it. PRE, SUF and MID are special tokens.
 *
 * Each middle of at least one character or token is equally likely, so its mean length is `(n + 2) / 3`; the paper draws
 * both cuts alone, so that one in `n + 1` middles is empty. Pieces that take more tokens than the text lose
 * the excess at the end of the suffix, then at the beginning of the prefix, as in the code of the paper's followers.
 *
 * @throws {ConfigError} `objective/options`.
 * @throws {DataError} `objective/example` from `apply` for a pair, and for an empty text.
 * @source Bavarian et al. 2022, §3 and appendix D, https://arxiv.org/abs/2207.14255
 * @example
 * ```text
 * text 10 … 15, cut behind 11 and 14
 * prefix, suffix, middle: source PRE 10 11 SUF 15 MID      target 12 13 14
 * suffix, prefix, middle: source PRE SUF 15 MID 10 11      target 12 13 14
 * ```
 */
export function middles(options: z.input<typeof schema> = {}): Corruption<SplitExample> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "middles" });
  const named = { name: "middles", settings, needs: ["fim-prefix", "fim-suffix", "fim-middle"] };
  if (settings.level === "tokens") {
    return {
      ...named,
      level: "ids",
      lengths,
      apply(example, { special, random }) {
        const { tokens, ends = false } = textOf(example, "fill-in-the-middle", 1);
        if (random.uniform() >= settings.rate) return whole(tokens, ends);
        const [start, end] = cutsOf(tokens.length, random);
        const pieces = { prefix: tokens.slice(0, start), middle: tokens.slice(start, end), suffix: tokens.slice(end) };
        return arrange(pieces, settings, { special, random });
      },
      prompt: (example, { special }) =>
        isPair(example) ? hole(example.source, example.target, special) : wholePrompt(example),
    };
  }
  return {
    ...named,
    level: "text",
    lengths,
    apply(example: TextExample, { special, tokenizer, random }) {
      if (isTextPair(example)) throw refusePair("fill-in-the-middle");
      const tokens = tokenizer.encodeTarget(example.text);
      assertTokens(tokens, 1);
      if (random.uniform() >= settings.rate) return whole(tokens, !example.continues);
      const characters = [...example.text];
      const [start, end] = cutsOf(characters.length, random);
      const piece = (from: number, to: number) => tokenizer.encodeTarget(characters.slice(from, to).join(""));
      const middle = piece(start, end);
      const suffix = piece(end, characters.length).slice(0, Math.max(0, tokens.length - middle.length));
      const room = Math.max(0, tokens.length - middle.length - suffix.length);
      const before = piece(0, start);
      return arrange(
        { prefix: before.slice(before.length - Math.min(before.length, room)), middle, suffix },
        settings,
        {
          special,
          random,
        },
      );
    },
    prompt(example: TextExample, { special, tokenizer }) {
      if (!isTextPair(example)) return wholePrompt({ tokens: tokenizer.encodeTarget(example.text) });
      return hole(tokenizer.encodeTarget(example.source), tokenizer.encodeTarget(example.target), special);
    },
  };
}

/** Three special tokens at most, wherever the middle is. */
const lengths = (raw: number) => [
  { source: raw + 2, target: 1 },
  { source: 3, target: raw },
];

const whole = (tokens: Ids, ends: boolean): SplitExample => ({ source: [], target: tokens, between: [], ends });

/** The prompt of a hole between two pieces. */
const hole = (prefix: Ids, suffix: Ids, special: SpecialTokens): SplitExample => ({
  source: around(prefix, suffix, special),
  target: [],
  between: [],
  ends: false,
});

/** Two different places among `0 … length`, in their order, each pair equally likely. */
function cutsOf(length: number, random: Random): [start: number, end: number] {
  const one = random.integer(length + 1);
  const draw = random.integer(length);
  const other = draw < one ? draw : draw + 1;
  return [Math.min(one, other), Math.max(one, other)];
}

interface Pieces {
  readonly prefix: Ids;
  readonly middle: Ids;
  readonly suffix: Ids;
}

function arrange(
  { prefix, middle, suffix }: Pieces,
  { suffixFirst }: Settings,
  { special, random }: { readonly special: SpecialTokens; readonly random: Random },
): SplitExample {
  const isSuffixFirst = random.uniform() < suffixFirst;
  const source = isSuffixFirst ? [...around([], suffix, special), ...prefix] : around(prefix, suffix, special);
  return { source, target: middle, between: [], ends: true };
}

function around(prefix: Ids, suffix: Ids, { named }: SpecialTokens): number[] {
  const [before, behind, middle] = ["fim-prefix", "fim-suffix", "fim-middle"].map((name) => named[name] as number);
  return [before as number, ...prefix, behind as number, ...suffix, middle as number];
}

/** The plugin of {@link middles}. */
export const middlesPlugin = corruption("middles", middles, {
  description: "Fill-in-the-middle: the middle of a text is predicted from what stands before and behind it.",
  schema,
});
