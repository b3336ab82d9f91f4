import type { StopRule } from "./stop-rule.ts";

/** The text of an answer as it comes: never a part of a character, nor what a stop rule may take back. */
export interface AnswerText {
  /** Returns all that the ids of the answer so far spell. */
  readonly of: (ids: readonly number[]) => string;
  /** Returns the part of a text that can be shown and was not. */
  next(text: string): string;
  /** Returns the rest of a text that is over. */
  rest(text: string): string;
}

/** Begins the text of an answer. @param spell - returns the text of the ids of an answer. */
export function createAnswerText(spell: AnswerText["of"], rules: readonly StopRule[]): AnswerText {
  let shown = "";
  const rest = (text: string): string => {
    if (text.length <= shown.length || !text.startsWith(shown)) return "";
    const fresh = text.slice(shown.length);
    shown = text;
    return fresh;
  };
  return {
    of: inParts(spell),
    next(text) {
      // A character of several bytes is U+FFFD until the last of them. What stands before it may begin a stop string with it.
      const whole = text.replace(UNFINISHED, "");
      const held = rules.map(({ holdsBack }) => holdsBack?.(whole) ?? 0);
      return rest(whole.slice(0, whole.length - Math.max(0, ...held)));
    },
    rest,
  };
}

/** The end of a text that may be a part of a character. */
const UNFINISHED = /\uFFFD+$/;

/** Tokens that are spelled again before new ones, which a tokenizer may join to them. */
const SPELLED_AGAIN = 8;
/** New tokens behind which a text is settled. */
const SETTLES = 16;

/**
 * Spells an answer that grows without spelling all of it for each token: what stands before the last few tokens is settled
 * where it ends with a whole character.
 */
function inParts(spell: AnswerText["of"]): AnswerText["of"] {
  let [settled, count] = ["", 0];
  return (ids) => {
    if (ids.length < count) [settled, count] = ["", 0];
    const text = count === 0 ? spell(ids) : behind(spell, ids, { settled, count });
    if (ids.length - count >= SETTLES && !UNFINISHED.test(text)) [settled, count] = [text, ids.length];
    return text;
  };
}

function behind(
  spell: AnswerText["of"],
  ids: readonly number[],
  { settled, count }: { readonly settled: string; readonly count: number },
): string {
  const start = Math.max(0, count - SPELLED_AGAIN);
  const [before, both] = [spell(ids.slice(start, count)), spell(ids.slice(start))];
  // A tokenizer that takes back what it spelled spells all again.
  return both.startsWith(before) ? settled + both.slice(before.length) : spell(ids);
}
