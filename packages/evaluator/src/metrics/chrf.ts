import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { countMatches, countNgrams } from "./count-ngrams.ts";
import { type Metric, metric, type Segment } from "./metric.ts";
import { signatureOf } from "./signature.ts";
import { splitWords } from "./split-words.ts";

const order = z.number().int();
const schema = z.strictObject({
  /** The longest n-grams of characters. */
  characterOrder: order.positive().default(6),
  /** The longest n-grams of words: 0 is chrF, 2 is chrF++. */
  wordOrder: order.nonnegative().default(0),
  /** The weight of recall relative to precision. */
  beta: order.positive().default(2),
  lowercase: z.boolean().default(false),
  /** Counts white space as characters. */
  whitespace: z.boolean().default(false),
  /** The F-score of mean precision and recall over the orders that occur, or the mean of the F-score of all orders. */
  smoothing: z.enum(["effective-order", "epsilon"]).default("effective-order"),
});

type Settings = z.output<typeof schema>;

/**
 * chrF as sacreBLEU 2.6.0 computes it, the F-score of n-grams of characters, from 0 to 100; chrF++ with `wordOrder: 2`.
 * Of several references, the one with the best score of its own counts in each segment.
 *
 * Statistics, for each order: n-grams of the prediction, of the reference, in both.
 *
 * @throws {ConfigError} `evaluator/metric-options`.
 * @source Popović 2015, https://aclanthology.org/W15-3049; chrF++: Popović 2017, https://aclanthology.org/W17-4770
 * @example scoreSegments(chrf(), [{ prediction: "cats", references: ["cats"] }]).score // => 100
 */
export function chrf(options: z.input<typeof schema> = {}): Metric {
  const settings = validateWith(schema, options, { code: "evaluator/metric-options", what: "chrf" });
  const { characterOrder, wordOrder, beta, lowercase, whitespace, smoothing } = settings;
  return {
    name: `chrF${beta}${"+".repeat(wordOrder)}`,
    statistics: (segment) => bestStatistics(segment, settings),
    score: (statistics) => scoreOf(statistics, settings),
    signature: (segments) =>
      signatureOf(segments, {
        case: lowercase ? "lc" : "mixed",
        eff: smoothing === "effective-order" ? "yes" : "no",
        nc: characterOrder,
        nw: wordOrder,
        space: whitespace ? "yes" : "no",
      }),
  };
}

function bestStatistics({ prediction, references }: Segment, settings: Settings): number[] {
  const predicted = countAllNgrams(prediction, settings);
  const candidates = references.map((reference) => {
    const counts = countAllNgrams(reference, settings);
    return predicted.flatMap((own, at) => orderStatistics(own, counts[at] as NgramCounts));
  });
  const scores = candidates.map((statistics) => scoreOf(statistics, settings));
  return candidates[scores.indexOf(Math.max(...scores))] ?? [];
}

type NgramCounts = ReadonlyMap<string, number>;

/** Counts the n-grams of each order: first those of characters, then those of words. */
function countAllNgrams(text: string, { characterOrder, wordOrder, lowercase, whitespace }: Settings): NgramCounts[] {
  const cased = lowercase ? text.toLowerCase() : text;
  const characters = [...(whitespace ? cased : splitWords(cased).join(""))];
  const words = splitWords(cased).flatMap(splitPunctuation);
  const upTo = (longest: number, tokens: readonly string[], separator: string) =>
    Array.from({ length: longest }, (_, at) => countNgrams(tokens, at + 1, separator));
  return [...upTo(characterOrder, characters, ""), ...upTo(wordOrder, words, " ")];
}

/** ASCII punctuation at the end of a word, or else at its start, is a word. One of the two, as in chrF++.py. */
function splitPunctuation(word: string): string[] {
  if ([...word].length === 1) return [word];
  if (/[!-/:-@[-`{-~]$/.test(word)) return [word.slice(0, -1), word.slice(-1)];
  if (/^[!-/:-@[-`{-~]/.test(word)) return [word.slice(0, 1), word.slice(1)];
  return [word];
}

/** N-grams of an order that the reference lacks do not count against the prediction. */
function orderStatistics(predicted: NgramCounts, reference: NgramCounts): [number, number, number] {
  const total = (counts: NgramCounts) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [reference.size > 0 ? total(predicted) : 0, total(reference), countMatches(predicted, reference)];
}

/** The smallest score of an order, as in chrF++.py. */
const EPSILON = 1e-16;

function scoreOf(statistics: readonly number[], { beta, smoothing }: Settings): number {
  const orders = Array.from({ length: statistics.length / 3 }, (_, at) => {
    const [predicted, reference, matches] = statistics.slice(3 * at, 3 * at + 3) as [number, number, number];
    const share = (of: number) => (of > 0 ? matches / of : EPSILON);
    return { occurs: predicted > 0 && reference > 0, precision: share(predicted), recall: share(reference) };
  });
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const fScore = (precision: number, recall: number, otherwise: number) =>
    precision + recall > 0 ? ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall) : otherwise;
  if (smoothing === "epsilon")
    return 100 * mean(orders.map(({ precision, recall }) => fScore(precision, recall, EPSILON)));
  const occurring = orders.filter(({ occurs }) => occurs);
  const [precision, recall] = [mean(occurring.map((own) => own.precision)), mean(occurring.map((own) => own.recall))];
  return 100 * fScore(precision, recall, 0);
}

/** chrF and chrF++, for a registry. */
export const chrfPlugins = [
  metric("chrf", chrf, { description: "chrF as sacreBLEU computes it, with a signature.", schema }),
  metric("chrf-plus-plus", (options: z.input<typeof schema>) => chrf({ wordOrder: 2, ...options }), {
    description: "chrF++, chrF with n-grams of words up to 2.",
    schema: schema.extend({ wordOrder: schema.shape.wordOrder.unwrap().default(2) }),
  }),
] as const;
