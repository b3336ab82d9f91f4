import { createRandom } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { tooFewItems, type Words, wordsBefore, wordsFrom, wordsOf } from "./words.ts";

/** A context and the word that follows. */
export interface ClozeItem {
  /** Without a blank at its end. */
  readonly context: string;
  /** The word with the blank that parts it from the context, without what closes its sentence. */
  readonly target: string;
}

const schema = z.strictObject({
  seed: z.int().default(0),
  count: z.int().min(1).default(200),
  contextWords: z.int().min(1).default(32),
});

/** The last word of a sentence: small letters, so that it is no abbreviation such as `Mr.`, and what closes it. */
const LAST_WORD = /^( [a-z]+(?:['’-][a-z]+)*)[.!?]["”'’)]*$/;

/**
 * Last words of sentences from held-out texts, to be predicted from the words before, in the manner of LAMBADA (whose
 * passages were chosen by people so that the wide context decides; these are not).
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/no-text` for pairs, `tasks/too-few` if so many items do
 *   not exist.
 * @source after Paperno et al. 2016, https://arxiv.org/abs/1606.06031
 * @example
 * const [item] = clozeItems((await mobyDick()).test, { count: 1 });
 * item.context + item.target // stands in the book
 */
export function clozeItems(texts: readonly TextExample[], options: z.input<typeof schema> = {}): ClozeItem[] {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "cloze items" });
  const all = wordsOf(texts).flatMap((words) => itemsOf(words, chosen.contextWords));
  if (all.length < chosen.count) throw tooFewItems("cloze items", chosen.count, all.length);
  return createRandom(chosen.seed).split("cloze items").shuffle(all).slice(0, chosen.count);
}

function itemsOf(words: Words, contextWords: number): ClozeItem[] {
  const places = words.starts.map((_, at) => at).slice(contextWords);
  return places.flatMap((at) => {
    const [, target] = LAST_WORD.exec(wordsFrom(words, at, 1)) ?? [];
    return target === undefined ? [] : [{ context: wordsBefore(words, at, contextWords), target }];
  });
}
