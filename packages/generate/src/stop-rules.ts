import { assertOption } from "./logits.ts";
import type { StopRule } from "./stop-rule.ts";

/** A rule that is asked after every token. */
type CheckingRule = StopRule & { readonly check: NonNullable<StopRule["check"]> };

/**
 * Ends an answer at one of these ids, which is no part of it.
 *
 * @throws {ConfigError} `generate/stop` if an id is not an integer from 0.
 * @example stopTokens({ ids: [3] }).ends // => [3]
 */
export function stopTokens({ ids }: { readonly ids: readonly number[] }): StopRule {
  const wrong = ids.find((id) => !(Number.isSafeInteger(id) && id >= 0));
  assertOption(wrong === undefined, "stop", `ids that end an answer are integers from 0, got ${wrong}`);
  return { name: "stop-tokens", ends: ids };
}

/**
 * Ends an answer before the first of these texts. No part of one is shown before it is known not to be one.
 *
 * @throws {ConfigError} `generate/stop` if there is no text, or an empty one.
 * @example stopStrings({ strings: ["END"] }).check({ ids: [], text: "the END" }) // => { reason: "stop", kept: 4 }
 */
export function stopStrings({ strings }: { readonly strings: readonly string[] }): CheckingRule {
  const isText = strings.length > 0 && !strings.includes("");
  assertOption(isText, "stop", "texts that end an answer have a character or more");
  return {
    name: "stop-strings",
    check({ text }) {
      const found = strings.map((one) => text.indexOf(one)).filter((at) => at >= 0);
      return found.length > 0 ? { reason: "stop", kept: Math.min(...found) } : undefined;
    },
    holdsBack: (text) => Math.max(...strings.map((one) => overlap(text, one))),
  };
}

/** Returns the number of units at the end of a text that begin another one. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}

/**
 * Ends an answer of so many tokens.
 *
 * @throws {ConfigError} `generate/maximum-tokens` if it is not a positive integer.
 * @example maximumLength({ tokens: 2 }).check({ ids: [5, 6], text: "" }) // => { reason: "length" }
 */
export function maximumLength({ tokens }: { readonly tokens: number }): CheckingRule {
  const message = `a number of tokens is a positive integer, got ${tokens}`;
  assertOption(Number.isSafeInteger(tokens) && tokens > 0, "maximum-tokens", message);
  return { name: "maximum-length", check: ({ ids }) => (ids.length >= tokens ? { reason: "length" } : undefined) };
}
