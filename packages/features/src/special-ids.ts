/** The ids of the special tokens, the same in every tokenizer of Trivium. */
export interface SpecialIds {
  readonly pad: number;
  readonly beginOfSequence: number;
  readonly separator: number;
  readonly endOfSequence: number;
}

/** Pad 0, begin of sequence 1, separator 2, end of sequence 3. */
export const specialIds: SpecialIds = { pad: 0, beginOfSequence: 1, separator: 2, endOfSequence: 3 };
