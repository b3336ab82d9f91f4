import { ConfigError } from "@trivium/core";
import type { TokenizerDefinition } from "../hugging-face.ts";
import { byteLetters } from "../word-encoder.ts";
import { byteDefinition } from "./byte-definition.ts";
import { type Piece, seedPieces } from "./seed-pieces.ts";
import { ownTokens, type TrainOptions } from "./train-options.ts";
import { addExpected, createPieceFinder, likeliest, type PieceFinder, type PieceScores } from "./unigram-lattice.ts";
import type { WordCounts } from "./word-counts.ts";

/** Share of the pieces that a round keeps. */
const KEPT = 0.75;
/** Expected count below which a piece goes. */
const LEAST = 0.5;
/** What a letter without a piece is less likely than the least likely piece, in nats. */
const UNKNOWN_PENALTY = 10;
/** What each further letter without a piece is more likely in the vocabulary, in nats. */
const LETTER_STEP = 1e-4;

/**
 * Learns a unigram vocabulary: pieces with probabilities, of which a word's likeliest segmentation is taken. Training
 * begins with all frequent parts of words; each round fits their probabilities by two steps of expectation maximisation,
 * and drops the pieces whose loss costs the least likelihood. Every text can be spelled, since each byte has a token.
 *
 * @returns a `tokenizer.json`. Its pieces and scores are those of Hugging Face's `UnigramTrainer` for the same words, up to
 *   rounding; pieces of equal scores may stand in another order.
 * @throws {ConfigError} `text/vocabulary-size` if there is no room for the bytes and the special tokens; `text/no-words`
 *   for a corpus without words.
 * @source Kudo 2018, https://arxiv.org/abs/1804.10959; https://github.com/huggingface/tokenizers
 * @example trainUnigram(counter.counts(), { size: 8000 })
 */
export function trainUnigram(
  counts: WordCounts,
  { size, special = ownTokens }: Omit<TrainOptions, "least">,
): TokenizerDefinition {
  const fewest = special.length + byteLetters.length;
  if (!Number.isSafeInteger(size) || size < fewest) {
    const message = `a unigram vocabulary has at least ${fewest} ids, for ${special.length} special tokens and 256 bytes, got ${size}`;
    throw new ConfigError("text/vocabulary-size", message);
  }
  if (counts.size === 0)
    throw new ConfigError("text/no-words", "a unigram vocabulary is learned from words, got none; name data with text");
  const learned = learnPieces(counts, size);
  const pieces = vocabularyOf(learned, size - special.length);
  return byteDefinition(special, {
    type: "Unigram",
    unk_id: Math.max(0, special.indexOf("<unk>")),
    vocab: [
      ...special.map((token): [string, number] => [token, 0]),
      ...pieces.map(([text, score]): [string, number] => [text, score]),
    ],
    byte_fallback: false,
  });
}

/** Words with their counts, the scores of pieces by their numbers, and the numbers of those that are left, in order. */
interface Learning {
  readonly words: readonly (readonly [word: string, count: number])[];
  readonly texts: readonly string[];
  readonly finder: PieceFinder;
  /** NaN where a piece is gone. */
  readonly scores: Float64Array;
  readonly kept: readonly number[];
}

/** Returns about a tenth more pieces than the vocabulary takes, those that are sure to stay first. */
function learnPieces(counts: WordCounts, size: number): Piece[] {
  const seeds = seedPieces(counts);
  const texts = ["", ...seeds.map(([text]) => text)];
  const scores = Float64Array.from([Number.NaN, ...seeds.map(([, score]) => score)]);
  const kept = seeds.map((_, at) => at + 1);
  let learning: Learning = { words: [...counts], texts, finder: createPieceFinder(texts), scores, kept };
  const wanted = Math.trunc((11 * size) / 10);
  for (;;) {
    for (let step = 0; step < 2; step++) learning = maximise(learning);
    // The piece for unknown letters counts, too.
    if (learning.kept.length < wanted) break;
    learning = prune(learning, Math.max(wanted, Math.trunc(KEPT * (learning.kept.length + 1))));
  }
  return learning.kept.map((id) => [texts[id] as string, scores[id] as number]);
}

const leastOf = ({ kept, scores }: Learning): number =>
  kept.reduce((least, id) => Math.min(least, scores[id] as number), Number.POSITIVE_INFINITY);

const scoresOf = (learning: Learning): PieceScores => ({
  scores: learning.scores,
  unknown: leastOf(learning) - UNKNOWN_PENALTY,
});

/** Keeps these pieces; the others have no score any more. */
function keeping(learning: Learning, kept: readonly number[]): Learning {
  const isKept = new Set(kept);
  for (const id of learning.kept) if (!isKept.has(id)) learning.scores[id] = Number.NaN;
  return { ...learning, kept };
}

/** A step of expectation maximisation, with a prior by which few pieces share the probability. */
function maximise(learning: Learning): Learning {
  const { words, finder, scores } = learning;
  const expected = new Float64Array(scores.length);
  const given = scoresOf(learning);
  for (const [word, count] of words) addExpected(finder.lattice(word, scores), given, [count, expected]);
  const kept = learning.kept.filter((id) => (expected[id] as number) >= LEAST);
  const total = digamma(kept.reduce((sum, id) => sum + (expected[id] as number), 0));
  for (const id of kept) scores[id] = digamma(expected[id] as number) - total;
  return keeping(learning, kept);
}

/** Drops the pieces in whose place others do best. */
function prune(learning: Learning, most: number): Learning {
  const { words, texts, finder, scores } = learning;
  const given = scoresOf(learning);
  const used = new Float64Array(scores.length);
  /** Count of the words in which a piece stands, once for each place. */
  let all = 0;
  for (const [word, count] of words) {
    all += count;
    for (const id of likeliest(finder.lattice(word, scores), given).ids) used[id] = (used[id] as number) + count;
  }
  const sum = used.reduce((total, count) => total + count, 0);
  const sure: number[] = [];
  const losses: [id: number, loss: number][] = [];
  for (const id of learning.kept) {
    const lattice = finder.lattice(texts[id] as string, scores);
    const other = likeliest(lattice, given, false);
    const isBest = (scores[id] as number) >= other.score;
    const count = used[id] as number;
    if (count === 0 && !isBest) continue;
    if (!isBest || other.ids.length === 0) sure.push(id);
    else if (count > 0)
      losses.push([id, lossWithout(id, other.ids, { used, sum, all, pieces: learning.kept.length + 1 })]);
  }
  losses.sort(([, one], [, other]) => other - one);
  // The reference stops when the number is reached exactly: it keeps all where more pieces are sure to stay.
  const room = most - sure.length - 1;
  const chosen = room < 0 ? losses : losses.slice(0, room);
  return keeping(learning, [...sure, ...chosen.map(([id]) => id)]);
}

/** The uses of pieces in the likeliest segmentations: of each, of all together, the count of all words, and that of pieces. */
interface Uses {
  readonly used: Float64Array;
  readonly sum: number;
  readonly all: number;
  readonly pieces: number;
}

/**
 * The likelihood that the words lose where other pieces stand in the place of one. All uses together grow here by one for
 * each piece of the vocabulary, as in the reference, and not only for those that stand in the place.
 */
function lossWithout(id: number, others: readonly number[], { used, sum, all, pieces }: Uses): number {
  const count = used[id] as number;
  const total = Math.log(sum + count * (pieces - 1));
  const shares = others.map((other) => Math.log((used[other] as number) + count) - total);
  const without = shares.reduce((logarithm, share) => logarithm + share, 0);
  return (count / all) * (Math.log(count) - Math.log(sum) - without);
}

/** Returns so many pieces, the likeliest first: all bytes, and those that come first. */
function vocabularyOf(learned: readonly Piece[], size: number): Piece[] {
  const known = new Map(learned);
  const least = learned.reduce((lowest, [, score]) => Math.min(lowest, score), Number.POSITIVE_INFINITY);
  const missing = byteLetters.filter((letter) => !known.has(letter));
  const letters = new Map(missing.map((letter, at) => [letter, least + at * LETTER_STEP]));
  const pieces = new Map(byteLetters.map((letter) => [letter, known.get(letter) ?? (letters.get(letter) as number)]));
  for (const [text, score] of learned) {
    if (pieces.size === size) break;
    pieces.set(text, score);
  }
  return [...pieces].sort(([, score], [, other]) => other - score);
}

/** The derivative of the logarithm of the gamma function, by its asymptotic series. */
function digamma(value: number): number {
  let [x, shifted] = [value, 0];
  for (; x < 7; x++) shifted -= 1 / x;
  const square = 1 / (x - 0.5) ** 2;
  const series = square / 24 - (7 / 960) * square ** 2 + (31 / 8064) * square ** 3 - (127 / 30720) * square ** 4;
  return shifted + Math.log(x - 0.5) + series;
}
