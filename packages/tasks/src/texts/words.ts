import { ConfigError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";

/** A text with the places of its words, which blanks separate. */
export interface Words {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The words of texts.
 *
 * @throws {ConfigError} `tasks/no-text` if there are pairs among them.
 */
export function wordsOf(texts: readonly TextExample[]): Words[] {
  return texts.map((example) => {
    if (isTextPair(example)) {
      throw new ConfigError("tasks/no-text", "items are made from texts, and this is a pair; give a dataset of texts");
    }
    const found = [...example.text.matchAll(/\S+/g)];
    return {
      text: example.text,
      starts: found.map(({ index }) => index),
      ends: found.map(({ index, 0: word }) => index + word.length),
    };
  });
}

/** The `count` words before the one at `at`, without the blank that ends them. */
export const wordsBefore = ({ text, starts, ends }: Words, at: number, count: number): string =>
  text.slice(starts[at - count], ends[at - 1]);

/** The `count` words from the one at `at`, with the blank before them. */
export const wordsFrom = ({ text, ends }: Words, at: number, count: number): string =>
  text.slice(ends[at - 1], ends[at + count - 1]);

/** The error of a text that holds fewer items than were asked for. */
export function tooFewItems(what: string, wanted: number, exist: number): ConfigError {
  const message = `${what}: ${wanted} were asked for, but only ${exist} exist; ask for fewer, or give more text`;
  return new ConfigError("tasks/too-few", message, { details: { wanted, exist } });
}
