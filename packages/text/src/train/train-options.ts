/** What is learned from the words of a corpus. */
export interface TrainOptions {
  /** The number of ids, special tokens included. Fewer are learned from a small corpus. */
  readonly size: number;
  /** The least count of a pair of tokens that becomes one. Default 0. */
  readonly least?: number | undefined;
  /** Special tokens, which have the first ids. Default {@link ownTokens}. */
  readonly special?: readonly string[] | undefined;
}

/** Names of the special tokens of our own vocabularies, in the order of their ids: those of `reservedSpecials`. */
export const ownTokens: readonly string[] = ["<pad>", "<s>", "<sep>", "</s>", "<unk>"];
