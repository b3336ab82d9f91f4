import { DataError } from "@trivium/core";
import { isTextPair, type TextExample, type TextPair } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { Dataset } from "./dataset.ts";
import { exampleLength } from "./encode-examples.ts";
import { referencesOf } from "./group-references.ts";

/** Examples that fit a model. */
export interface FittedExamples {
  readonly examples: readonly TextExample[];
  /** Number of pairs that were left out or cut. */
  readonly tooLong: number;
  /** Positions of the longest pair, before it was cut. */
  readonly longest: number;
}

/** The length, and what is done about pairs that exceed it. */
export interface FitOptions extends Pick<Dataset, "tooLong" | "locate"> {
  /** Positions of the model. */
  readonly length: number;
  /** Whether the model is still to be made, so that a greater length can be asked for. */
  readonly isNew?: boolean | undefined;
}

type Encoding = Pick<PairTokenizer, "special" | "encodeSource" | "encodeTarget">;

/**
 * Brings pairs to a model's length. `"cut"` shortens the longer of source and target first, at its end and between
 * characters; references stay whole, since the right answer is not shorter. Texts without a source stay as they are:
 * they are cut into windows.
 *
 * @throws {DataError} `data/too-long` if a pair exceeds the length and `tooLong` is `"error"`: with its place, its
 *   length, and how many there are. `data/empty` if nothing is left.
 * @example await fitToLength(dataset.test, tokenizer, { length: 64, tooLong: "skip" })
 */
export async function fitToLength(
  examples: readonly TextExample[],
  tokenizer: Encoding,
  { length, tooLong = "error", locate, isNew = false }: FitOptions,
): Promise<FittedExamples> {
  const positions = (pair: TextPair) => positionsOf(pair, tokenizer);
  const long = new Map<TextExample, number>();
  for (const example of examples) {
    const taken = isTextPair(example) ? positions(example) : 0;
    if (taken > length) long.set(example, taken);
  }
  const [first] = long.keys();
  const longest = [...long.values()].reduce((most, taken) => Math.max(most, taken), 0);
  if (first === undefined) return { examples, tooLong: 0, longest };
  const found = { total: examples.length, tooLong: long.size, longest };
  if (tooLong === "error") {
    const place = await locate?.(first);
    throw refusal(first as TextPair, { ...found, length, place, isNew, taken: long.get(first) as number });
  }
  const fitted = examples.flatMap((example) => {
    if (!long.has(example)) return [example];
    return tooLong === "skip" ? [] : cutPair(example as TextPair, tokenizer, length);
  });
  if (fitted.length === 0) throw new DataError("data/empty", `every pair takes more than ${length} positions`);
  return { ...found, examples: fitted };
}

const positionsOf = ({ source, target }: TextPair, tokenizer: Encoding): number =>
  exampleLength({ source: tokenizer.encodeSource(source), target: tokenizer.encodeTarget(target) }, tokenizer.special);

/** A pair without what exceeds the length; nothing where a frame leaves no room for a token on each side. */
export function cutPair(pair: TextPair, tokenizer: Encoding, length: number): TextPair[] {
  const source = tokenizer.encodeSource(pair.source).length;
  const target = tokenizer.encodeTarget(pair.target).length;
  const room = length - (positionsOf(pair, tokenizer) - source - target);
  const ofSource = Math.min(source, Math.max(Math.floor(room / 2), room - target));
  const cut = {
    source: longestPrefix(pair.source, ofSource, (text) => tokenizer.encodeSource(text).length),
    target: longestPrefix(pair.target, room - ofSource, (text) => tokenizer.encodeTarget(text).length),
  };
  if (cut.source.trim() === "" || cut.target.trim() === "") return [];
  const fitted = pair.task === undefined ? cut : { ...cut, task: pair.task };
  return [cut.target === pair.target && !pair.references ? fitted : { ...fitted, references: referencesOf(pair) }];
}

/** The longest beginning of a text, in whole characters, that takes at most `limit` tokens. */
function longestPrefix(text: string, limit: number, tokens: (text: string) => number): string {
  if (tokens(text) <= limit) return text;
  const starts = Array.from(new Intl.Segmenter().segment(text), ({ index }) => index);
  let [fits, exceeds] = [0, starts.length];
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >>> 1;
    if (tokens(text.slice(0, starts[middle])) <= limit) fits = middle;
    else exceeds = middle;
  }
  return text.slice(0, starts[fits]);
}

interface Refusal extends Omit<FittedExamples, "examples"> {
  readonly total: number;
  readonly length: number;
  readonly taken: number;
  readonly place: string | undefined;
  readonly isNew: boolean;
}

function refusal(pair: TextPair, { total, tooLong, longest, length, taken, place, isNew }: Refusal): DataError {
  const [source, target] = [pair.source, pair.target].map((text) =>
    JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text),
  );
  const where = place === undefined ? "" : `${place}: `;
  const which = `${where}the pair ${source} → ${target} takes ${taken} positions, the model has ${length}`;
  const many = `${tooLong} of ${total} are too long, the longest takes ${longest}`;
  const remedy = `--too-long skip leaves them out, --too-long cut shortens them${isNew ? `, --length ${longest} takes all` : ""}`;
  return new DataError("data/too-long", `${which}; ${many}; ${remedy}`, {
    details: { source: pair.source, place, got: taken, length, tooLong, longest },
  });
}
