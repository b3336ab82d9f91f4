/**
 * The special tokens and their ids: the same in every vocabulary of Trivium, so that a batch, a loss and a decoder
 * need no tokenizer to know them. Ordinary tokens start at `FIRST_ORDINARY_ID`.
 */
export const SPECIALS = {
  /** Fills a row up to the length of its batch; never seen, never supervised. */
  pad: 0,
  /** Starts a target stream that has no source before it in the same stream. */
  beginOfSequence: 1,
  /** Stands between source and target in a decoder-only stream: `source SEP target EOS`. */
  separator: 2,
  /** Ends a target. */
  endOfSequence: 3,
  /** Stands for whatever the vocabulary lacks. */
  unknown: 4,
} as const;

export type Specials = typeof SPECIALS;

/** The id of the first token that is not special. */
export const FIRST_ORDINARY_ID = 5;

/** What a decoder writes for an id that stands for no text that it knows: the Unicode replacement character. */
export const REPLACEMENT = "\uFFFD";

/**
 * Whether `id` is a special token that stands for no text: every special but `unknown`.
 *
 * @example isSilent(SPECIALS.pad) // => true
 */
export const isSilent = (id: number): boolean => id >= 0 && id < FIRST_ORDINARY_ID && id !== SPECIALS.unknown;
