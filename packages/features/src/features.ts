/**
 * One example as a model sees it: a row of ids for each stream, and what the last stream should predict.
 *
 * Decoder-only streams hold `source SEP target EOS` in one row; the prefix is source and SEP, and SEP predicts the
 * first target id. `targets` is already shifted: position `t` predicts `targets[t]`.
 */
export interface Features {
  /** Ids by stream name, unpadded. */
  readonly streams: Readonly<Record<string, readonly number[]>>;
  /** How many leading positions of the predicting stream form the prefix; 0 where there is none. */
  readonly prefixLength: number;
  /** As long as the predicting stream. */
  readonly targets: readonly number[];
  /** As long as `targets`; 0 where no loss is taken. */
  readonly lossWeights: readonly number[];
}
