import { ConfigError } from "@trivium/core";
import type { TokenizerDefinition } from "../hugging-face.ts";
import { byteLetters } from "../word-encoder.ts";
import { byteDefinition } from "./byte-definition.ts";
import { createMergeQueue, type Merge, type MergeQueue } from "./merge-queue.ts";
import { ownTokens, type TrainOptions } from "./train-options.ts";
import type { WordCounts } from "./word-counts.ts";

/** A word as the ids of its tokens. */
interface Word {
  ids: number[];
  readonly count: number;
}

/**
 * Learns a vocabulary of byte pairs: the two tokens that stand together most often become one, again and again. Every text can
 * be spelled, since each byte has a token.
 *
 * @returns a `tokenizer.json`, equal to that of Hugging Face's `BpeTrainer` for the same words.
 * @throws {ConfigError} `text/vocabulary-size` if there is no room for the bytes and the special tokens.
 * @source Sennrich et al. 2016, https://arxiv.org/abs/1508.07909; https://github.com/huggingface/tokenizers
 * @example trainBytePairs(counter.counts(), { size: 8000 })
 */
export function trainBytePairs(
  counts: WordCounts,
  { size, least = 0, special = ownTokens }: TrainOptions,
): TokenizerDefinition {
  const tokens = [...special, ...byteLetters];
  if (!Number.isSafeInteger(size) || size < tokens.length) {
    const message = `a vocabulary of byte pairs has at least ${tokens.length} ids, for ${special.length} special tokens and 256 bytes, got ${size}`;
    throw new ConfigError("text/vocabulary-size", message);
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const words = Array.from(
    counts,
    ([word, count]): Word => ({ ids: Array.from(word, (letter) => ids.get(letter) as number), count }),
  );
  const merges: [string, string][] = [];
  const pairs = createPairs(words);
  while (tokens.length < size) {
    const top = pairs.next();
    if (top === undefined || top.count < Math.max(1, least)) break;
    const parts: [string, string] = [tokens[top.first] as string, tokens[top.second] as string];
    const token = parts.join("");
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    merges.push(parts);
    pairs.merge(top, id);
  }
  return byteDefinition(special, {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges,
  });
}

/** The largest id: a pair of ids is one number below 2^53. */
const IDS = 2 ** 26;

/** Pairs of neighbouring tokens in words, and how often they stand there. */
function createPairs(words: readonly Word[]) {
  const counts = new Map<number, number>();
  const queue: MergeQueue = createMergeQueue();
  const push = (places: ReadonlyMap<number, ReadonlySet<number>>): void => {
    for (const [pair, at] of places)
      queue.push({ first: Math.floor(pair / IDS), second: pair % IDS, count: counts.get(pair) ?? 0, words: at });
  };
  const places = new Map<number, Set<number>>();
  const change = (pair: number, by: number): void => void counts.set(pair, (counts.get(pair) ?? 0) + by);
  for (const [at, { ids, count }] of words.entries()) {
    for (let next = 1; next < ids.length; next++) {
      const pair = (ids[next - 1] as number) * IDS + (ids[next] as number);
      change(pair, count);
      placesOf(places, pair).add(at);
    }
  }
  push(places);
  return {
    /** The most frequent pair. What was counted before its tokens were merged with others is counted anew. */
    next(): Merge | undefined {
      for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
        const count = counts.get(top.first * IDS + top.second) ?? 0;
        if (count === top.count) return top;
        queue.push({ ...top, count });
      }
      return undefined;
    },
    merge({ first, second, words: at }: Merge, id: number): void {
      const changed = new Map<number, Set<number>>();
      for (const index of at) {
        const word = words[index] as Word;
        word.ids = mergeWord(word.ids, [first, second, id], (pair, by) => {
          change(pair, by * word.count);
          if (by > 0) placesOf(changed, pair).add(index);
        });
      }
      push(changed);
    },
  };
}

function placesOf(places: Map<number, Set<number>>, pair: number): Set<number> {
  const known = places.get(pair);
  if (known) return known;
  const own = new Set<number>();
  places.set(pair, own);
  return own;
}

/** The word with two tokens merged wherever they stand together, from left to right. */
function mergeWord(
  ids: readonly number[],
  [first, second, merged]: readonly [number, number, number],
  change: (pair: number, by: number) => void,
): number[] {
  const found: number[] = [];
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] !== first || ids[at + 1] !== second) {
      found.push(ids[at] as number);
      continue;
    }
    const [before, after] = [found.at(-1), ids[at + 2]];
    if (before !== undefined) {
      change(before * IDS + first, -1);
      change(before * IDS + merged, 1);
    }
    if (after !== undefined) {
      change(second * IDS + after, -1);
      change(merged * IDS + after, 1);
    }
    found.push(merged);
    at += 1;
  }
  return found;
}
