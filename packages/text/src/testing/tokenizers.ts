import { type SpecialTokens, silentIds } from "../special-tokens.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { REPLACEMENT } from "../tokenizer.ts";

/** A vocabulary with the size and the special tokens of a released model, in which only some characters have ids. */
export interface LikeTokenizer {
  readonly name: string;
  readonly size: number;
  readonly special: SpecialTokens;
  /** The id of the first character. */
  readonly first: number;
}

function likeTokenizer(alphabet: string, { name, size, special, first }: LikeTokenizer): Tokenizer {
  const letters = [...alphabet];
  const silent = silentIds(special);
  return {
    name,
    size,
    special,
    encode: (text) => Array.from(text, (letter) => first + letters.indexOf(letter)),
    decode(ids) {
      const audible = [...ids].filter((id) => !silent.has(id));
      return audible.map((id) => letters[id - first] ?? REPLACEMENT).join("");
    },
    toJson: () => ({ name, alphabet }),
  };
}

/** Sizes and ids may be made small, so that a model of the vocabulary trains in a test. */
interface LikeOptions {
  readonly size?: number | undefined;
}

/**
 * A tokenizer with GPT-2's special tokens: the last id, 50256, ends a text, and there is no padding. Characters stand
 * from id 0 on.
 */
export function gpt2Like(alphabet: string, { size = 50_257 }: LikeOptions = {}): Tokenizer {
  const end = size - 1;
  const frame = {
    joined: { before: [], between: [end], after: [end] },
    source: { before: [], after: [end] },
    target: { start: end, before: [], after: [end] },
  };
  return likeTokenizer(alphabet, { name: "gpt-2", size, first: 0, special: { end: [end], named: {}, frame } });
}

/** A tokenizer with T5's special tokens: pad 0, which also starts the decoder, end 1, unknown 2, 100 sentinels from the top. */
export function t5Like(alphabet: string, { size = 32_100 }: LikeOptions = {}): Tokenizer {
  const frame = {
    joined: { before: [0], between: [1], after: [1] },
    source: { before: [], after: [1] },
    target: { start: 0, before: [], after: [1] },
  };
  const sentinels = Array.from({ length: Math.min(100, size >> 2) }, (_, index) => size - 1 - index);
  const special = { end: [1], pad: 0, unknown: 2, sentinels, named: {}, frame };
  return likeTokenizer(alphabet, { name: "t5", size, first: 3, special });
}

/** A tokenizer with BART's special tokens: begin 0, pad 1, end 2, unknown 3, the mask last; the end starts the decoder. */
export function bartLike(alphabet: string, { size = 50_265 }: LikeOptions = {}): Tokenizer {
  const frame = {
    joined: { before: [0], between: [2], after: [2] },
    source: { before: [0], after: [2] },
    target: { start: 2, before: [0], after: [2] },
  };
  const special = { end: [2], pad: 1, unknown: 3, mask: size - 1, named: { begin: 0 }, frame };
  return likeTokenizer(alphabet, { name: "bart", size, first: 4, special });
}
