import type { StopRule } from "./stop-rule.ts";

/** The text of an answer as it comes: never a part of a character, nor what a stop rule may take back. */
export class AnswerText {
  readonly #decode: (ids: readonly number[]) => string;
  readonly #rules: readonly StopRule[];
  #shown = "";

  constructor(decode: (ids: readonly number[]) => string, rules: readonly StopRule[]) {
    this.#decode = decode;
    this.#rules = rules;
  }

  /** All that the ids spell. */
  of(ids: readonly number[]): string {
    return this.#decode(ids);
  }

  /** What of a text can be shown and was not. */
  next(text: string): string {
    const held = this.#rules.map(({ holdsBack }) => holdsBack?.(text) ?? 0);
    // A character of several bytes is U+FFFD until the last of them.
    const whole = text.replace(/\uFFFD+$/, "").length;
    return this.#show(text.slice(0, Math.min(whole, text.length - Math.max(0, ...held))));
  }

  /** The rest of a text that is over. */
  rest(text: string): string {
    return this.#show(text);
  }

  #show(text: string): string {
    if (text.length <= this.#shown.length || !text.startsWith(this.#shown)) return "";
    const fresh = text.slice(this.#shown.length);
    this.#shown = text;
    return fresh;
  }
}
