/**
 * One example as a model sees it: a row of ids for each stream, and the ids that the last stream predicts.
 *
 * `targets` is aligned with the predicting stream: position `t` predicts `targets[t]`. Where the next id is predicted,
 * targets are shifted already.
 */
export interface Features {
  /** Ids by stream name, unpadded. */
  readonly streams: Readonly<Record<string, readonly number[]>>;
  /** The number of leading positions of the predicting stream that form the prefix; 0 without a prefix. */
  readonly prefixLength: number;
  /** As long as the predicting stream. */
  readonly targets: readonly number[];
  /** As long as `targets`; 0 where no loss is taken. */
  readonly lossWeights: readonly number[];
  /** The name of the task that the example is of: its own, or the one that the objective gave it. Default: none. */
  readonly task?: string | undefined;
}
