import { type Batch, isPair } from "@trivium/features";
import type { FeatureContext } from "@trivium/objectives";
import { silentIds } from "@trivium/text";
import type { EvaluateOptions, HeldOut } from "./evaluate-options.ts";
import { textSize } from "./target-sizes.ts";

/** Returns the supervised ids of each row that stand for text. */
export function supervisedIds({ targets, lossWeights, size }: Batch, special: FeatureContext["special"]): number[][] {
  const silent = silentIds(special);
  const length = targets.length / size;
  return Array.from({ length: size }, (_, row) => {
    const ids = [...targets.subarray(row * length, (row + 1) * length)];
    return ids.filter((id, at) => lossWeights[row * length + at] !== 0 && !silent.has(id));
  });
}

/** Returns the size of the text that supervised ids stand for: the last ones of an example, wherever it was cut. */
export function supervisedSize(
  { example, sizes }: HeldOut,
  ids: readonly number[],
  decode: EvaluateOptions["decodeTarget"],
): { readonly characters: number; readonly bytes: number } {
  const tokens = isPair(example) ? example.target : example.tokens;
  const first = tokens.length - ids.length;
  const isTail = first >= 0 && ids.every((id, at) => id === tokens[first + at]);
  // A row of bytes may begin within a character, which was counted where it began (as U+FFFD: three bytes).
  if (sizes === undefined || !isTail) return textSize(decode(ids).replace(/^\uFFFD+/, ""));
  const skipped = isPair(example) ? 0 : first;
  return { characters: sumOf(sizes.characters.slice(skipped)), bytes: sumOf(sizes.bytes.slice(skipped)) };
}

/** Returns the sum of numbers, in their order. */
export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
