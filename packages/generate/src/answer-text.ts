import type { StopRule } from "./stop-rule.ts";

/** The text of an answer as it comes: never a part of a character, nor what a stop rule may take back. */
export interface AnswerText {
  /** Returns all that the ids spell. */
  readonly of: (ids: readonly number[]) => string;
  /** Returns the part of a text that can be shown and was not. */
  next(text: string): string;
  /** Returns the rest of a text that is over. */
  rest(text: string): string;
}

/** Begins the text of an answer. */
export function createAnswerText(of: AnswerText["of"], rules: readonly StopRule[]): AnswerText {
  let shown = "";
  const rest = (text: string): string => {
    if (text.length <= shown.length || !text.startsWith(shown)) return "";
    const fresh = text.slice(shown.length);
    shown = text;
    return fresh;
  };
  return {
    of,
    next(text) {
      // A character of several bytes is U+FFFD until the last of them. What stands before it may begin a stop string with it.
      const whole = text.replace(/\uFFFD+$/, "");
      const held = rules.map(({ holdsBack }) => holdsBack?.(whole) ?? 0);
      return rest(whole.slice(0, whole.length - Math.max(0, ...held)));
    },
    rest,
  };
}
