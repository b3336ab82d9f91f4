import { MAXIMUM_SHARES } from "./control.ts";

/** The ways in which a kernel's range may be cut, and the time that it takes. */
export interface Work {
  /** Nanoseconds of one work unit on one thread. Only orders of magnitude matter: whether to cut, not how. */
  readonly nanoseconds: number;
  /** Work units that stay together: a cache line of outputs, so that threads do not write to the same one. */
  readonly granule: number;
}

/** A share that takes less than this is not worth a thread's attention. */
export const LEAST_SHARE_NANOSECONDS = 10_000;

/** A share that takes longer is cut further: a thread that the system holds up then holds up less. */
const MOST_SHARE_NANOSECONDS = 100_000;
/** Enough shares that threads which begin late or run slower take fewer of them. */
const MOST_SHARES_PER_THREAD = 16;

/** How the pool wants jobs cut. */
export interface Cutting {
  readonly threads: number;
  /** Work units in a share, whatever they cost; undefined leaves that to the estimate. */
  readonly splitUnits: number | undefined;
}

/** Work units in a share of a job; all of them if it stays whole. */
export function shareOf(units: number, work: Work, { threads, splitUnits }: Cutting): number {
  if (splitUnits !== undefined) return Math.max(splitUnits, Math.ceil(units / MAXIMUM_SHARES));
  const total = units * work.nanoseconds;
  const perThread = Math.ceil(total / threads / MOST_SHARE_NANOSECONDS);
  const wanted = threads * Math.min(perThread, MOST_SHARES_PER_THREAD);
  const shares = Math.min(wanted, Math.floor(total / LEAST_SHARE_NANOSECONDS), MAXIMUM_SHARES);
  return shares < 2 ? units : evenShare({ units, shares, threads, granule: work.granule });
}

interface Cut extends Pick<Work, "granule"> {
  readonly units: number;
  /** At most so many. */
  readonly shares: number;
  readonly threads: number;
}

/** More and shorter shares are worth so much: a thread that the system holds up then holds up less. */
const WORTH_OF_MORE_SHARES = 1.03;

/** The share of which the busiest thread has about the least to do in all; of several, the one that makes most shares. */
function evenShare({ units, shares, threads, granule }: Cut): number {
  const cuts = Array.from({ length: shares - 1 }, (_, index) => {
    const share = Math.min(units, Math.ceil(units / (index + 2) / granule) * granule);
    return { share, most: Math.ceil(Math.ceil(units / share) / threads) * share };
  });
  const least = Math.min(...cuts.map(({ most }) => most));
  return cuts.findLast(({ most }) => most <= least * WORTH_OF_MORE_SHARES)!.share;
}
