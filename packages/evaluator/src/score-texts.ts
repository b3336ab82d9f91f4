import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { LikelihoodSums } from "./likelihood.ts";
import {
  type ContinuationScore,
  type Followed,
  type ScoreContinuationsOptions,
  scoreFollowed,
} from "./score-continuations.ts";

export interface ScoreTextsOptions
  extends Pick<ScoreContinuationsOptions, "model" | "parameters" | "objective" | "batchSize"> {
  readonly tokenizer: PairTokenizer;
  /** Texts, or sources with their targets. */
  readonly texts: AsyncIterable<TextExample> | Iterable<TextExample>;
}

/** The likelihood of one text, or of a target behind its source. */
export interface TextScore extends LikelihoodSums {
  /** Its place among the texts, from 0. */
  readonly index: number;
  /** The tokens scored; those of a target with its end. */
  readonly ids: readonly number[];
  /** Negative log-likelihood of each token given those before it, nats. */
  readonly tokenNats: readonly number[];
}

/** Texts that are encoded and run at a time. */
const TOGETHER = 64;

/**
 * Scores texts: the negative log-likelihood of each token of a text given those before it, or of each token of a target, with
 * its end, given its source too. The source is read as in decoding: in both directions by a prefix and by an encoder.
 *
 * The first token of a text is scored behind what begins a text in the vocabulary; where nothing does, it is context, and so
 * are its characters. A text longer than the model goes on in further windows, each behind the last token before it.
 *
 * @throws {DataError} `evaluator/text` with the number of the text if it cannot be scored: a text without a source under an
 *   encoder-decoder, nothing to predict, a pair that is longer than the model.
 * @example for await (const { nats, tokens } of scoreTexts({ ...opened, texts: [{ text: "Once" }] })) console.log(-nats, tokens);
 */
export async function* scoreTexts({ texts, ...options }: ScoreTextsOptions): AsyncGenerator<TextScore> {
  let waiting: TextExample[] = [];
  let done = 0;
  for await (const text of texts) {
    waiting.push(text);
    if (waiting.length < TOGETHER) continue;
    yield* scoreSome(options, waiting, done);
    done += waiting.length;
    waiting = [];
  }
  yield* scoreSome(options, waiting, done);
}

function* scoreSome(
  options: Omit<ScoreTextsOptions, "texts">,
  texts: readonly TextExample[],
  first: number,
): Generator<TextScore> {
  const { special } = options.tokenizer;
  const parts = texts.map((text, at) => partsOf(options, text, first + at));
  const scores = scoreFollowed(
    { ...options, special },
    parts.flatMap(({ items }) => items),
  );
  let next = 0;
  for (const [at, { items, spelled }] of parts.entries()) {
    const own = scores.slice(next, next + items.length);
    next += items.length;
    const sum = (of: (score: ContinuationScore) => number): number => own.reduce((all, score) => all + of(score), 0);
    yield {
      index: first + at,
      nats: sum(({ nats }) => nats),
      tokens: sum(({ tokens }) => tokens),
      characters: [...spelled].length,
      bytes: new TextEncoder().encode(spelled).length,
      ids: own.flatMap(({ ids }) => ids),
      tokenNats: own.flatMap(({ tokenNats }) => tokenNats),
    };
  }
}

/** What is scored of a text, and the characters that it spells. */
interface Parts {
  readonly items: readonly Followed[];
  readonly spelled: string;
}

function partsOf({ model, tokenizer }: Omit<ScoreTextsOptions, "texts">, text: TextExample, index: number): Parts {
  const refuse = (problem: string) =>
    new DataError("evaluator/text", `text ${index + 1}: ${problem}`, { details: { index } });
  const { frame } = tokenizer.special;
  if ("source" in text) {
    const context = { source: tokenizer.encodeSource(text.source) };
    const continuation = tokenizer.encodeTarget(text.target);
    const taken = takenBy(model.streams.length > 1, { ...context, target: continuation }, frame);
    if (taken > model.length) throw refuse(`it takes ${taken} positions and the model has ${model.length}; shorten it`);
    return { items: [{ context, continuation }], spelled: text.target };
  }
  if (model.streams.length > 1)
    throw refuse("an encoder-decoder scores targets behind their sources; give source, tab, target (.tsv)");
  const ids = tokenizer.encodeTarget(text.text);
  const before = frame.joined?.before.length ?? 0;
  const start = before > 0 ? 0 : 1;
  if (ids.length <= start) throw refuse("it has no token to predict; give a longer one, or leave it out");
  const items: Followed[] = [];
  for (let at = start; at < ids.length; ) {
    const tokens = ids.slice(at === 0 ? 0 : at - 1, at);
    const room = model.length - before - tokens.length + 1;
    items.push({ context: { tokens }, continuation: ids.slice(at, at + room) });
    at += room;
  }
  return { items, spelled: start === 0 ? text.text : tokenizer.decodeTarget(ids.slice(1)) };
}

/** Positions of the longest stream. The last token of a stream is only predicted. */
function takenBy(
  isPair: boolean,
  { source, target }: { readonly source: readonly number[]; readonly target: readonly number[] },
  { joined, source: ofSource, target: ofTarget }: PairTokenizer["special"]["frame"],
): number {
  const size = (...parts: (readonly unknown[] | undefined)[]): number =>
    parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
  if (!isPair) return size(joined?.before, source, joined?.between, target, joined?.after) - 1;
  return Math.max(size(ofSource?.before, source, ofSource?.after), size(ofTarget?.before, target, ofTarget?.after));
}
