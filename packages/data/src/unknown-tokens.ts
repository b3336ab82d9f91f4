import { type Example, isPair, isTextPair, type TextExample } from "@trivium/features";
import { type PairTokenizer, type SpecialTokens, splitUnits } from "@trivium/text";

/** Tokens of examples, and how many of them stand for text that the vocabulary lacks. */
export interface UnknownTokens {
  readonly unknown: number;
  readonly tokens: number;
}

/**
 * Counts the tokens of sources, targets and texts, and the unknown ones among them.
 *
 * @example countUnknown([{ source: [5, 4], target: [6] }], reservedSpecials()) // => { unknown: 1, tokens: 3 }
 */
export function countUnknown(examples: readonly Example[], special: Pick<SpecialTokens, "unknown">): UnknownTokens {
  let [unknown, tokens] = [0, 0];
  for (const example of examples) {
    for (const ids of sidesOf(example)) {
      tokens += ids.length;
      for (const id of ids) if (id === special.unknown) unknown += 1;
    }
  }
  return { unknown, tokens };
}

type Encoding = Pick<PairTokenizer, "special" | "encodeSource" | "encodeTarget">;

/**
 * Returns a sentence about the tokens that a vocabulary lacks, with their share and the first of them; nothing if it
 * lacks none.
 *
 * @param what - the subject of the sentence: `"the prompts"`.
 * @param encoded - the examples as ids, where they are at hand. Default: encoded here.
 * @example describeUnknown("the prompts", [{ text: "abж" }], createSharedPair(createCharacterTokenizer({ alphabet: ["a", "b"] })))
 *   // => 'warning: 1 of 3 tokens of the prompts (33.3 %) is unknown to the vocabulary, such as "ж"'
 */
export function describeUnknown(
  what: string,
  examples: readonly TextExample[],
  tokenizer: Encoding,
  encoded: readonly Example[] = examples.map((example) => encode(example, tokenizer)),
): string | undefined {
  const { unknown, tokens } = countUnknown(encoded, tokenizer.special);
  if (unknown === 0) return undefined;
  const first = firstUnknown(examples, tokenizer);
  const share = `${unknown.toLocaleString("en")} of ${tokens.toLocaleString("en")} tokens of ${what} (${percent(unknown / tokens)})`;
  const example = first === undefined ? "" : `, such as ${JSON.stringify(first)}`;
  return `warning: ${share} ${unknown === 1 ? "is" : "are"} unknown to the vocabulary${example}`;
}

const encode = (example: TextExample, tokenizer: Encoding): Example =>
  isTextPair(example)
    ? { source: tokenizer.encodeSource(example.source), target: tokenizer.encodeTarget(example.target) }
    : { tokens: tokenizer.encodeTarget(example.text) };

/** `"33.3 %"`, and never a rounded 0 % for what there is. */
const percent = (share: number): string => (share < 0.0005 ? "< 0.1 %" : `${Number((100 * share).toFixed(1))} %`);

/** The first part of the texts that the vocabulary lacks: a character, a symbol, or a text where tokens are neither. */
function firstUnknown(examples: readonly TextExample[], tokenizer: Encoding): string | undefined {
  const { unknown = -1 } = tokenizer.special;
  for (const example of examples) {
    const texts = isTextPair(example) ? [example.source, example.target] : [example.text];
    for (const [side, ids] of sidesOf(encode(example, tokenizer)).entries()) {
      const at = ids.indexOf(unknown);
      if (at < 0) continue;
      const text = texts[side] as string;
      const units = (["character", "symbol"] as const).map((unit) => splitUnits(text, unit));
      const part = units.find(({ length }) => length === ids.length)?.[at] ?? text;
      return part.length > 40 ? `${part.slice(0, 40)}…` : part;
    }
  }
  return undefined;
}

const sidesOf = (example: Example): (readonly number[])[] =>
  isPair(example) ? [example.source, example.target] : [example.tokens];
