import { ConfigError, createRandom } from "@trivium/core";

export interface EpochOrderOptions {
  /** The length of each example, by which batches are formed; the same for every architecture. */
  readonly lengths: readonly number[];
  /** Examples in a batch. */
  readonly batchSize: number;
  readonly seed: number | string;
  /**
   * Number of batches that are formed together: their shuffled examples are sorted by length and cut.
   * More of them save padding and make each batch less like the data, which costs learning. Default 1.
   */
  readonly bucketBatches?: number | undefined;
}

/** A place in the data: which batch of which epoch. */
export interface DataPosition {
  readonly epoch: number;
  readonly index: number;
}

/** Which examples each batch of each epoch has: a pure function of seed, epoch and index. */
export interface EpochOrder {
  readonly batchesPerEpoch: number;
  /** The place of a step, counted from 0. */
  position(step: number): DataPosition;
  /** The numbers of the examples in a batch, shorter ones first. */
  batch(position: DataPosition): readonly number[];
}

/**
 * Deterministic epochs of batches, of similar lengths where `bucketBatches` asks for it.
 *
 * Each epoch shuffles the examples, sorts stretches of `bucketBatches` batches by length, cuts them into batches and
 * shuffles these. All batches are full: of `n` examples, `n mod batchSize` sit out an epoch, others in each. A set
 * smaller than one batch is one batch.
 *
 * @throws {ConfigError} `data/batch-size`, `data/bucket` or `data/no-examples`.
 * @example createEpochOrder({ lengths: [3, 1, 2], batchSize: 2, seed: 1 }).position(5) // => { epoch: 5, index: 0 }
 */
export function createEpochOrder(options: EpochOrderOptions): EpochOrder {
  const { lengths, batchSize } = options;
  assertOptions(options);
  const batchesPerEpoch = Math.max(1, Math.floor(lengths.length / batchSize));
  // The batches of the epoch asked for last: a cache, nothing that the result depends on.
  let epochAtHand = -1;
  let batches: readonly (readonly number[])[] = [];
  return {
    batchesPerEpoch,
    position: (step) => ({ epoch: Math.floor(step / batchesPerEpoch), index: step % batchesPerEpoch }),
    batch({ epoch, index }) {
      if (epoch !== epochAtHand) {
        batches = epochBatches(epoch, batchesPerEpoch, options);
        epochAtHand = epoch;
      }
      return batches[index] as readonly number[];
    },
  };
}

function epochBatches(
  epoch: number,
  count: number,
  { lengths, batchSize, seed, bucketBatches = 1 }: EpochOrderOptions,
): number[][] {
  const random = createRandom(seed).split("epoch").split(epoch);
  const shuffled = random.split("examples").shuffle([...lengths.keys()]);
  const used = shuffled.slice(0, count * batchSize);
  const batches: number[][] = [];
  for (let start = 0; start < used.length; start += bucketBatches * batchSize) {
    const bucket = used.slice(start, start + bucketBatches * batchSize);
    bucket.sort((a, b) => (lengths[a] as number) - (lengths[b] as number));
    for (let at = 0; at < bucket.length; at += batchSize) batches.push(bucket.slice(at, at + batchSize));
  }
  return random.split("batches").shuffle(batches);
}

function assertOptions({ lengths, batchSize, bucketBatches = 1 }: EpochOrderOptions): void {
  const refuse = (code: string, problem: string) => new ConfigError(`data/${code}`, problem);
  if (lengths.length === 0) throw refuse("no-examples", "there are no examples to make batches of");
  for (const [code, name, value] of [
    ["batch-size", "batchSize", batchSize],
    ["bucket", "bucketBatches", bucketBatches],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1) throw refuse(code, `${name} is a whole number from 1, got ${value}`);
  }
}
