import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { countMatches, countNgrams } from "./count-ngrams.ts";
import { longestCommonSubsequence } from "./longest-common-subsequence.ts";
import { type Metric, metric, type Segment } from "./metric.ts";
import { signatureOf } from "./signature.ts";

const schema = z.strictObject({
  /** Order of the n-grams; or the longest common subsequence, of the whole text (`"L"`) or line by line (`"Lsum"`). */
  variant: z.union([z.number().int().min(1).max(9), z.enum(["L", "Lsum"])]).default("L"),
});

/**
 * ROUGE as Google's rouge-score 0.1.2 computes it without its stemmer: the F-score (β = 1) of n-grams or of the longest
 * common subsequence, from 0 to 1. Of several references the best counts; of a corpus, the mean over its segments.
 * Tokens are runs of ASCII letters and digits: other scripts score 0.
 *
 * Statistics: precision, recall, F-score, 1.
 *
 * @throws {ConfigError} `evaluator/metric-options`.
 * @source Lin 2004, https://aclanthology.org/W04-1013; https://github.com/google-research/google-research/tree/master/rouge
 * @example scoreSegments(rouge({ variant: 1 }), [{ prediction: "a b", references: ["a c"] }]).score // => 0.5
 */
export function rouge(options: z.input<typeof schema> = {}): Metric {
  const { variant } = validateWith(schema, options, { code: "evaluator/metric-options", what: "rouge" });
  return {
    name: `rouge${variant}`,
    statistics: (segment) => bestStatistics(segment, variant),
    score: ([, , fScores, segments]) => (fScores as number) / Math.max(1, segments as number),
    signature: (segments) => signatureOf(segments, { case: "lc", tok: "rouge", stem: "no" }),
  };
}

type Variant = z.output<typeof schema>["variant"];

function bestStatistics({ prediction, references }: Segment, variant: Variant): number[] {
  const candidates = references.map((reference) => {
    const [matches, predicted, wanted] = counts(prediction, reference, variant);
    const [precision, recall] = [matches / Math.max(1, predicted), matches / Math.max(1, wanted)];
    const fScore = matches > 0 ? (2 * precision * recall) / (precision + recall) : 0;
    return [precision, recall, fScore, 1];
  });
  const scores = candidates.map(([, , fScore]) => fScore as number);
  return candidates[scores.indexOf(Math.max(...scores))] ?? [];
}

/** Returns the numbers of matching, predicted and reference units. */
function counts(prediction: string, reference: string, variant: Variant): [number, number, number] {
  if (variant === "Lsum") return countLines(lines(prediction), lines(reference));
  const [predicted, wanted] = [tokenize(prediction), tokenize(reference)];
  if (variant === "L") return [longestCommonSubsequence(wanted, predicted).length, predicted.length, wanted.length];
  const ngramsIn = ({ length }: readonly string[]) => Math.max(0, length - variant + 1);
  const matches = countMatches(countNgrams(predicted, variant), countNgrams(wanted, variant));
  return [matches, ngramsIn(predicted), ngramsIn(wanted)];
}

const tokenize = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
const lines = (text: string): string[][] => text.split("\n").map(tokenize);

/** Each line of the reference has what any line of the prediction shares with it; no token counts twice. */
function countLines(prediction: readonly string[][], reference: readonly string[][]): [number, number, number] {
  const [predicted, wanted] = [prediction.flat(), reference.flat()];
  const left = countNgrams(predicted, 1);
  let matches = 0;
  for (const line of reference) {
    const shared = new Set(prediction.flatMap((other) => longestCommonSubsequence(line, other)));
    for (const place of shared) {
      const token = line[place] as string;
      const count = left.get(token) ?? 0;
      if (count === 0) continue;
      left.set(token, count - 1);
      matches++;
    }
  }
  return [matches, predicted.length, wanted.length];
}

const variantOf = (variant: Variant) => () => rouge({ variant });

/** ROUGE-1, -2, -L and -Lsum, for a registry. */
export const rougePlugins = [
  metric("rouge-1", variantOf(1), { description: "F-score of words as rouge-score computes it, without stemmer." }),
  metric("rouge-2", variantOf(2), { description: "F-score of pairs of words, as rouge-score without stemmer." }),
  metric("rouge-l", variantOf("L"), { description: "F-score of the longest common subsequence of words." }),
  metric("rouge-lsum", variantOf("Lsum"), { description: "F-score of common subsequences, line by line." }),
] as const;
