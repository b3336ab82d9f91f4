import { createRandom, type Random } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { tooFewItems, type Words, wordsBefore, wordsFrom, wordsOf } from "./words.ts";

/** A context and continuations of it, of which one is true. */
export interface ChoiceItem {
  /** Without a blank at its end. */
  readonly context: string;
  /** Each begins with the blank that parts it from the context. */
  readonly choices: readonly string[];
  /** The index of the true one. */
  readonly answer: number;
}

const schema = z.strictObject({
  seed: z.int().default(0),
  count: z.int().min(1).default(200),
  /** Number of continuations of an item, including the true one. */
  choices: z.int().min(2).default(4),
  contextWords: z.int().min(1).default(32),
  continuationWords: z.int().min(1).default(6),
});

interface Span {
  readonly words: Words;
  readonly at: number;
  readonly text: string;
}

/**
 * Multiple-choice continuations from held-out texts, to be ranked by log-likelihood: the true one and others from
 * elsewhere in the same texts. All continuations of an item have as many words and as many UTF-8 bytes, so that neither
 * length nor its normalisation decides; none goes over the end of a line, and true ones do not overlap.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/no-text` for pairs, `tasks/too-few` if so many items do
 *   not exist.
 * @example
 * const [item] = choiceItems((await mobyDick()).test, { count: 1 });
 * item.context + item.choices[item.answer] // stands in the book
 */
export function choiceItems(texts: readonly TextExample[], options: z.input<typeof schema> = {}): ChoiceItem[] {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "choice items" });
  const random = createRandom(chosen.seed).split("choice items");
  const spans = wordsOf(texts).flatMap((words) => spansOf(words, chosen.continuationWords));
  const byLength = Map.groupBy(spans, ({ text }) => Buffer.byteLength(text));
  const truths = spans.filter(({ at }) => at >= chosen.contextWords && at % chosen.continuationWords === 0);
  const items: ChoiceItem[] = [];
  for (const truth of random.shuffle(truths)) {
    if (items.length === chosen.count) break;
    const alike = byLength.get(Buffer.byteLength(truth.text)) as Span[];
    const item = itemOf(truth, alike, { ...chosen, random: random.split(items.length) });
    if (item !== undefined) items.push(item);
  }
  if (items.length < chosen.count) throw tooFewItems("choice items", chosen.count, items.length);
  return items;
}

/** Every stretch of `count` words within a line. */
function spansOf(words: Words, count: number): Span[] {
  const places = Array.from({ length: Math.max(0, words.starts.length - count) }, (_, before) => before + 1);
  return places
    .map((at) => ({ words, at, text: wordsFrom(words, at, count) }))
    .filter(({ text }) => !text.includes("\n"));
}

/** The item of that truth, unless too few others are as long as it. */
function itemOf(
  truth: Span,
  alike: readonly Span[],
  { random, ...chosen }: z.output<typeof schema> & { readonly random: Random },
): ChoiceItem | undefined {
  const isElsewhere = ({ words, at }: Span) =>
    words !== truth.words ||
    at + chosen.continuationWords <= truth.at - chosen.contextWords ||
    at >= truth.at + chosen.continuationWords;
  const others = new Set(random.shuffle(alike.filter(isElsewhere)).map(({ text }) => text));
  others.delete(truth.text);
  if (others.size < chosen.choices - 1) return undefined;
  const choices = random.shuffle([truth.text, ...[...others].slice(0, chosen.choices - 1)]);
  const context = wordsBefore(truth.words, truth.at, chosen.contextWords);
  return { context, choices, answer: choices.indexOf(truth.text) };
}
