import { joinShards, type ShardSum } from "@trivium/trainer";

/** A network between ranks, by the α–β model: a message of `n` bytes takes `latency + n / bandwidth`. */
export interface Network {
  /** Bytes per second that a rank sends, and receives at the same time. */
  readonly bandwidth: number;
  /** Seconds until a small message has arrived. */
  readonly latency: number;
}

/** The work of a step. */
export interface StepWork {
  /** Seconds that one process computes, for all shards, beside as many processes as a machine has ranks. */
  readonly seconds: number;
  /** Times of single steps, in any unit: their spread tells how long ranks wait for the slowest. Default: all are as fast. */
  readonly times?: readonly number[] | undefined;
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Number of tensors that these are. Default 0: tensors cost nothing by themselves. */
  readonly tensors?: number | undefined;
  /** Number of shards that the batch is cut into. */
  readonly shards: number;
  /** Bytes of a number that is sent. Default 4. */
  readonly bytes?: number | undefined;
}

/** The time of a step on several ranks, in seconds. */
export interface StepPlan {
  readonly seconds: number;
  /** Computing: the share of the shards, and of the update. */
  readonly compute: number;
  /** Waiting for the slowest rank. */
  readonly wait: number;
  /** Gradients and parameters on the wire. */
  readonly transfer: number;
  /** Messages that wait for one another, and the thread of MPI. */
  readonly latency: number;
  /** Packing, adding and unpacking what is sent. */
  readonly host: number;
  /** Seconds of one process ÷ ranks ÷ seconds. */
  readonly efficiency: number;
}

/** Exchanges of a step: the vote on going on, gradients, the vote on numbers, the new parameters. */
const EXCHANGES = 4;

/** Seconds that an exchange takes between threads, whatever the network: measured by MPI on one machine, 0.2 to 0.5 ms. */
const EXCHANGE_SECONDS = 3e-4;
/** Seconds to pack, add and unpack one parameter: measured, 7 to 9 ns. */
const PARAMETER_SECONDS = 8e-9;
/** Seconds that a tensor costs besides: it is read, cut and made anew. Measured, 40 to 60 µs. */
const TENSOR_SECONDS = 5e-5;
/** Seconds to begin one more message of an exchange. */
const MESSAGE_SECONDS = 1e-6;
/** Returns the seconds that an exchange takes among ranks, whatever the network. */
export const exchangeSeconds = (ranks: number): number => EXCHANGE_SECONDS + ranks * MESSAGE_SECONDS;

/** Ranks up to which MPI sends small messages to all others at once; beyond, in rounds that double. */
const AT_ONCE = 12;

/**
 * Estimates a step on several ranks, as `sharded` divides it: gradients to their owners, parameters to all, without overlap.
 *
 * `compute = seconds / W`, `wait = compute · (q / median − 1)`, where `q` is the `2^(−1/W)` quantile of the steps' times: the median of the
 * slowest of `W`, `transfer = 4·N·(W − 1)/W·(n + 1) / bandwidth`, where `n` is the number of
 * sums that a rank sends (1 if its shards are a whole branch of the tree), `latency = 4 · 2 · rounds · latency`, with `rounds` 1 up to 12 ranks and `log₂ W` beyond.
 *
 * @param ranks - divides the shards.
 * @source Hockney 1994, https://doi.org/10.1016/S0167-8191(06)80021-9 (the α–β model)
 * @example planStep({ seconds: 8, parameters: 1e6, shards: 8 }, { bandwidth: 1e9, latency: 0 }, 4).compute // => 2
 */
export function planStep(work: StepWork, { bandwidth, latency }: Network, ranks: number): StepPlan {
  const { seconds: alone, times = [alone], parameters, tensors = 0, shards, bytes = 4 } = work;
  const compute = alone / ranks;
  if (ranks === 1) return { seconds: alone, compute, wait: 0, transfer: 0, latency: 0, host: 0, efficiency: 1 };
  const wait = compute * (quantile(times, 0.5 ** (1 / ranks)) / (quantile(times, 0.5) || 1) - 1);
  const sent = (parameters * bytes * (ranks - 1)) / ranks;
  const sums = sumsOf(shards, ranks);
  const transfer = (sent * (sums + 1)) / bandwidth;
  const rounds = ranks <= AT_ONCE ? 1 : Math.ceil(Math.log2(ranks));
  const waits = EXCHANGES * ((1 + rounds) * latency + exchangeSeconds(ranks));
  const host = parameters * PARAMETER_SECONDS * sums + tensors * TENSOR_SECONDS;
  const seconds = compute + wait + transfer + waits + host;
  return { seconds, compute, wait, transfer, latency: waits, host, efficiency: compute / seconds };
}

/** A quantile of numbers, between two of them if it lies there. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** The number of sums that a rank sends: its shards, joined as far as they are neighbours in the tree. */
function sumsOf(shards: number, ranks: number): number {
  const own = Array.from({ length: shards / ranks }, (_, at): ShardSum<null> => ({ first: at, count: 1, sum: null }));
  const add = () => null;
  return own.reduce<readonly ShardSum<null>[]>((done, next) => joinShards(done, next, { of: shards, add }), []).length;
}
