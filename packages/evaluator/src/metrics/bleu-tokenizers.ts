import { splitWords } from "./split-words.ts";

/** The tokenizers of BLEU, under the names of sacreBLEU. */
export const bleuTokenizers = {
  "13a": tokenize13a,
  char: (text: string) => [...text].flatMap(splitWords),
  none: splitWords,
} as const satisfies Record<string, (text: string) => string[]>;

const entities: readonly (readonly [string, string])[] = [
  ["<skipped>", ""],
  ["-\n", ""],
  ["\n", " "],
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

const separations: readonly (readonly [RegExp, string])[] = [
  // ASCII punctuation but the apostrophe, the comma, the dash and the full stop.
  [/([{-~[-` -&(-+:-@/])/gu, " $1 "],
  // Full stop and comma, unless a digit stands before, and unless one stands behind.
  [/([^0-9])([.,])/gu, "$1 $2 "],
  [/([.,])([^0-9])/gu, " $1 $2"],
  // A dash behind a digit.
  [/([0-9])(-)/gu, "$1 $2 "],
];

/**
 * Splits a text as mteval-v13a.pl, the standard of WMT, does: ASCII punctuation is split off, numbers stay whole.
 *
 * @source https://github.com/mjpost/sacrebleu, `tokenizer_13a.py` and `tokenizer_re.py` of 2.6.0
 */
function tokenize13a(text: string): string[] {
  const plain = entities.reduce((line, [from, to]) => line.replaceAll(from, to), text);
  return splitWords(separations.reduce((line, [pattern, to]) => line.replace(pattern, to), ` ${plain} `));
}
