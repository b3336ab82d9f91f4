import { ConfigError, type Random } from "@trivium/core";
import { isPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { corruption, type IdCorruption, type SplitExample } from "./corruption.ts";
import { textOf } from "./text-of.ts";

/** The options of {@link spans}. */
export const spanOptions = {
  /** The share of tokens that is removed, in (0, 1). */
  density: z.number().gt(0).lt(1).default(0.15),
  /** The mean number of tokens of a removed span, from 1. */
  meanLength: z.number().min(1).default(3),
  /** Ends the target with one more sentinel, as the figures of the paper do and its code does not. */
  closing: z.boolean().default(false),
};
const schema = z.strictObject(spanOptions);
type Settings = z.output<typeof schema>;

/**
 * Returns T5's corruption: spans of a text give way to sentinels, and the target spells each span behind its sentinel.
 *
 * A text of `n` tokens loses `round(n · density)` of them in `round(removed / meanLength)` spans, at least one of each.
 * Both are fixed by `n`; the draw decides where the spans are. All cuts of the removed tokens, and of the kept ones, into
 * that many parts are equally likely. Kept and removed parts alternate, and a kept one is first, so the last token of
 * every text is removed; of a single token that is all. Halves round to the even number.
 *
 * @throws {ConfigError} `objective/options`; `objective/sentinels` from `apply` if the vocabulary has fewer than spans.
 * @throws {DataError} `objective/example` from `apply` for a pair, and for an empty text.
 * @source Raffel et al. 2020, §3.1.4, https://arxiv.org/abs/1910.10683; `random_spans_noise_mask` of
 *   https://github.com/google-research/text-to-text-transfer-transformer, t5/data/preprocessors.py
 * @example
 * ```text
 * text 10 … 19, density 0.4, mean length 2: four tokens in two spans; S and T are sentinels
 * text     10 11 12 13 14 15 16 17 18 19
 * removed   .  .  x  x  x  .  .  .  .  x
 * source   10 11  S 15 16 17 18  T
 * target    S 12 13 14  T 19
 * ```
 */
export function spans(options: z.input<typeof schema> = {}): IdCorruption<SplitExample> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "spans" });
  return {
    name: "spans",
    settings,
    level: "ids",
    needs: ["sentinels"],
    lengths(raw) {
      const { removed, count } = spanCounts(raw, settings);
      return [{ source: raw - removed + count, target: removed + count + (settings.closing ? 1 : 0) }];
    },
    apply(example, { special: { sentinels = [] }, random }) {
      const { tokens } = textOf(example, "span corruption", 1);
      const { removed, count } = spanCounts(tokens.length, settings);
      const needed = count + (settings.closing ? 1 : 0);
      if (needed > sentinels.length) throw tooFew(tokens.length, needed, sentinels.length);
      const cuts = { kept: parts(tokens.length - removed, count, random), removed: parts(removed, count, random) };
      const [source, target]: [number[], number[]] = [[], []];
      let at = 0;
      for (const [span, sentinel] of sentinels.slice(0, count).entries()) {
        const start = at + (cuts.kept[span] as number);
        source.push(...tokens.slice(at, start), sentinel);
        at = start + (cuts.removed[span] as number);
        target.push(sentinel, ...tokens.slice(start, at));
      }
      return { source, target: [...target, ...sentinels.slice(count, needed)], ends: true };
    },
    prompt: (example) => ({ source: isPair(example) ? example.source : example.tokens, target: [], ends: false }),
  };
}

/** The numbers of removed tokens and of spans in a text of so many tokens. */
function spanCounts(length: number, { density, meanLength }: Pick<Settings, "density" | "meanLength">) {
  const removed = Math.min(Math.max(roundToEven(length * density), 1), Math.max(1, length - 1));
  const count = Math.min(Math.max(roundToEven(removed / meanLength), 1), removed, Math.max(1, length - removed));
  return { removed, count };
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** A length cut into so many positive parts, each way equally likely. */
function parts(length: number, count: number, random: Random): number[] {
  const places = random.shuffle(Array.from({ length: length - 1 }, (_, at) => at + 1)).slice(0, count - 1);
  const cuts = [0, ...places.sort((a, b) => a - b), length];
  return cuts.slice(1).map((cut, part) => cut - (cuts[part] as number));
}

function tooFew(length: number, needed: number, got: number): ConfigError {
  const remedy = "take a greater meanLength, a smaller density, a shorter length, or a tokenizer with more sentinels";
  const message = `the spans of a text of ${length} tokens need ${needed} sentinels, and the vocabulary has ${got}; ${remedy}`;
  return new ConfigError("objective/sentinels", message);
}

/** The plugin of {@link spans}. */
export const spansPlugin = corruption("spans", spans, {
  description: "T5's spans: each gives way to a sentinel, and the target spells them.",
  schema,
});
