import type { Contender } from "./contender.ts";
import type { MeasuringOptions } from "./options.ts";

/** A contender and the seconds that one piece of its work took, in each round. */
export interface Measured<One extends Contender = Contender> {
  readonly contender: One;
  readonly seconds: readonly number[];
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

/** How often the work should be repeated in a turn. */
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
