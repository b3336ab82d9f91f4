import type { SpecialTokens } from "./special-tokens.ts";

/** The number of ids that our own vocabularies reserve; ordinary tokens follow them. */
export const reservedIds = 5;

/**
 * The special tokens of our own tokenizers: pad 0, begin 1, separator 2, end 3, unknown 4. A joined stream is
 * `source separator target end`; in two streams the source ends with `end`, and the target starts with `begin`.
 *
 * @example reservedSpecials().end // => [3]
 */
export const reservedSpecials = (): SpecialTokens => reserved;

/** Special tokens of the roles and the frame of our own tokenizers, with ids of their own. */
export const specialsOf = ([pad, begin, separator, end, unknown]: readonly [
  pad: number,
  begin: number,
  separator: number,
  end: number,
  unknown: number,
]): SpecialTokens => ({
  end: [end],
  pad,
  unknown,
  named: { begin, separator },
  frame: {
    joined: { before: [], between: [separator], after: [end] },
    source: { before: [], after: [end] },
    target: { start: begin, before: [], after: [end] },
  },
});

const reserved = specialsOf([0, 1, 2, 3, 4]);
