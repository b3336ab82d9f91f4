import { type Absent, type Contender, type Identity, presentContenders } from "./contender.ts";
import type { Finding } from "./measurement.ts";
import type { MeasuringOptions } from "./options.ts";

/** A contender and the seconds that one piece of its work took, in each round. */
export interface Measured<One extends Contender = Contender> {
  readonly contender: One;
  readonly seconds: readonly number[];
}

/** The choices of a benchmark, and where its notes go. */
export interface Setting<Options extends MeasuringOptions = MeasuringOptions> {
  readonly options: Options;
  note(line: string): void;
}

/**
 * Measures the contenders that are there, and closes all of them.
 *
 * @param more - adds what a benchmark knows of a contender beside its times.
 */
export async function findingsOf<One extends Contender>(
  found: readonly (One | Absent)[],
  { options, note }: Setting,
  more: (contender: One) => Partial<Finding> = () => ({}),
): Promise<Finding[]> {
  const contenders = presentContenders(found, note);
  try {
    const measured = await measure(contenders, options);
    return measured.map(({ contender, seconds }) => ({ ...findingOf(contender, seconds), ...more(contender) }));
  } finally {
    for (const contender of contenders) await contender.close();
  }
}

/** The median time of a contender, and the rates of its work. */
export function findingOf(
  { work, ...contender }: Identity & Pick<Contender, "work">,
  rounds: readonly number[],
): Finding {
  const { name, precision, provider, threads, version } = contender;
  const { label, flops, bytes, tokens, parameters, kernel } = work;
  const stepSeconds = median(rounds);
  const rate = (amount: number | undefined, unit = 1) => amount && amount / stepSeconds / unit;
  return {
    name,
    precision,
    version,
    provider,
    threads,
    work: label,
    kernel,
    stepSeconds,
    tokensPerSecond: rate(tokens),
    gflops: rate(flops, 1e9),
    gigabytesPerSecond: rate(bytes, 1e9),
    parameters,
    rounds: [...rounds],
  };
}

/** Other contenders' threads spin for a while before they sleep; so long is waited for them. */
const settleMs = 20;

/**
 * Lets the contenders take turns: so much for warm-up, then rounds in which each has one turn, in an order that
 * alternates; so whatever else the machine does hits all of them.
 *
 * @returns for each contender, in the given order, the seconds of each round.
 */
export async function measure<One extends Contender>(
  contenders: readonly One[],
  { rounds, warmup, minimumSeconds }: MeasuringOptions,
): Promise<Measured<One>[]> {
  const times = new Map<One, number>();
  for (const contender of contenders) times.set(contender, await warmUp(contender, warmup, minimumSeconds));
  const measured = contenders.map((contender) => ({ contender, seconds: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { contender, seconds } of round % 2 === 0 ? measured : measured.toReversed()) {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const repeated = times.get(contender) as number;
      seconds.push((await contender.run(repeated)) / repeated);
    }
  }
  return measured;
}

/** Returns how often the work should be repeated in a turn. */
async function warmUp(contender: Contender, turns: number, minimumSeconds: number): Promise<number> {
  let times = 1;
  for (let turn = 0; turn < turns; turn++) {
    const seconds = (await contender.run(times)) / times;
    times = Math.max(1, Math.min(10_000, Math.ceil(minimumSeconds / Math.max(seconds, 1e-7))));
  }
  return times;
}

/** The middle of the values; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
