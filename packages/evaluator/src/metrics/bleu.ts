import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { bleuTokenizers } from "./bleu-tokenizers.ts";
import { countMatches, countNgrams } from "./count-ngrams.ts";
import { type Metric, metric } from "./metric.ts";
import { signatureOf } from "./signature.ts";
import { withoutTrailingSpace } from "./split-words.ts";

const ORDERS = [1, 2, 3, 4];

/** The smoothings that take a value, and the value of Chen and Cherry 2014. */
const smoothingValues: Readonly<Record<string, number>> = { floor: 0.1, "add-k": 1 };

const schema = z
  .strictObject({
    tokenizer: z.enum(["13a", "char", "none"]).default("13a"),
    lowercase: z.boolean().default(false),
    /** Smoothing of an n-gram order without a match. */
    smoothing: z.enum(["exp", "floor", "add-k", "none"]).default("exp"),
    /** Default 0.1 of `floor`, 1 of `add-k`. */
    smoothingValue: z.number().positive().optional(),
    /** Leaves out the orders for which a prediction is too short: for scores of single sentences. */
    effectiveOrder: z.boolean().default(false),
  })
  .refine(({ smoothing, smoothingValue }) => smoothingValue === undefined || smoothing in smoothingValues, {
    error: "only floor and add-k take one",
    path: ["smoothingValue"],
  });

/**
 * BLEU as sacreBLEU 2.6.0 computes it: `100 · min(1, exp(1 − r/c)) · exp(mean of log precision of 1- to 4-grams)`, from 0
 * to 100. Of one sentence alone it says something with `effectiveOrder` only.
 *
 * Statistics: length of the prediction c, of the reference closest in length r, matches of each order, n-grams of each.
 *
 * @throws {ConfigError} `evaluator/metric-options`.
 * @source Papineni et al. 2002, https://aclanthology.org/P02-1040; Post 2018, https://aclanthology.org/W18-6319;
 *   smoothing: Chen and Cherry 2014, https://aclanthology.org/W14-3346
 * @example scoreSegments(bleu(), [{ prediction: "so it goes", references: ["so it goes on"] }]).score // => 0
 */
export function bleu(options: z.input<typeof schema> = {}): Metric {
  const settings = validateWith(schema, options, { code: "evaluator/metric-options", what: "bleu" });
  const { tokenizer, lowercase, effectiveOrder, smoothing } = settings;
  const value = settings.smoothingValue ?? smoothingValues[smoothing];
  const tokens = (text: string) =>
    bleuTokenizers[tokenizer](withoutTrailingSpace(lowercase ? text.toLowerCase() : text));
  return {
    name: "BLEU",
    statistics: ({ prediction, references }) => statisticsOf(tokens(prediction), references.map(tokens)),
    score: (statistics) => scoreOf(statistics, { smoothing, value: value ?? 0, effectiveOrder }),
    signature: (segments) =>
      signatureOf(segments, {
        case: lowercase ? "lc" : "mixed",
        eff: effectiveOrder ? "yes" : "no",
        tok: tokenizer,
        smooth: value === undefined ? smoothing : `${smoothing}[${value.toFixed(2)}]`,
      }),
  };
}

function statisticsOf(prediction: readonly string[], references: readonly (readonly string[])[]): number[] {
  const [closest] = references
    .map(({ length }) => length)
    .sort((a, b) => Math.abs(a - prediction.length) - Math.abs(b - prediction.length) || a - b);
  const matches = ORDERS.map((order) =>
    countMatches(countNgrams(prediction, order), mostOf(references.map((reference) => countNgrams(reference, order)))),
  );
  const totals = ORDERS.map((order) => Math.max(0, prediction.length - order + 1));
  return [prediction.length, closest ?? 0, ...matches, ...totals];
}

/** Each n-gram as often as in the reference that has it most often. */
function mostOf(references: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const counts of references)
    for (const [ngram, count] of counts) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
  return most;
}

interface Smoothing extends Pick<z.output<typeof schema>, "smoothing" | "effectiveOrder"> {
  readonly value: number;
}

function scoreOf(statistics: readonly number[], { smoothing, value, effectiveOrder }: Smoothing): number {
  const [length, referenceLength, ...counts] = statistics as [number, number, ...number[]];
  const [matches, totals] = [counts.slice(0, ORDERS.length), counts.slice(ORDERS.length)];
  if (matches.every((count) => count === 0)) return 0;
  const precisions: number[] = [];
  let halving = 1;
  for (const [index, count] of matches.entries()) {
    const added = smoothing === "add-k" && index > 0 ? value : 0;
    const total = totals[index]! + added;
    if (total === 0) break;
    let matched = count + added;
    if (matched === 0 && smoothing === "floor") matched = value;
    if (matched === 0 && smoothing === "exp") {
      halving /= 2;
      matched = halving;
    }
    precisions.push(matched / total);
  }
  const orders = effectiveOrder ? precisions.length : ORDERS.length;
  if (precisions.length < orders || precisions.includes(0)) return 0;
  const logarithms = precisions.reduce((sum, precision) => sum + Math.log(precision), 0);
  return 100 * Math.exp(Math.min(0, 1 - referenceLength / length) + logarithms / orders);
}

/** BLEU, for a registry. */
export const bleuPlugin = metric("bleu", bleu, {
  description: "BLEU as sacreBLEU computes it, with a signature.",
  schema,
});
