import { byAnswer, type LogitsProcessor, type PairTokenizer } from "trivium";

/**
 * A logits processor of one's own: answers match a pattern, character by character, and end when the pattern does.
 *
 * @param characters - one regular expression for each character: `["[A-F]", "\\d", "\\d"]`.
 */
export function matching(
  characters: readonly string[],
  tokenizer: Pick<PairTokenizer, "decodeTarget">,
): LogitsProcessor {
  const whole = new RegExp(`^${characters.join("")}$`, "u");
  // Every beginning of such a text: (a(b(c)?)?)?
  const begins = new RegExp(`^${characters.reduceRight((rest, one) => `(?:${one}${rest})?`, "")}$`, "u");
  const pieces = new Map<number, string>();
  /** The text of a token in the middle of an answer, with its first space. */
  const pieceOf = (id: number, anchor: number): string => {
    const known = pieces.get(id);
    if (known !== undefined) return known;
    const [before, both] = [tokenizer.decodeTarget([anchor]), tokenizer.decodeTarget([anchor, id])];
    pieces.set(id, both.slice(before.length));
    return both.slice(before.length);
  };
  return byAnswer("matching", (scores, answer, { prompt, ends }) => {
    const anchor = prompt.at(-1) as number;
    const text = answer.map((id) => pieceOf(id, anchor)).join("");
    for (let id = 0; id < scores.length; id++) {
      const piece = pieceOf(id, anchor);
      const isAllowed = ends.includes(id) ? whole.test(text) : piece !== "" && begins.test(text + piece);
      if (!isAllowed) scores[id] = Number.NEGATIVE_INFINITY;
    }
  });
}
