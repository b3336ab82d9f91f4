import { MAXIMUM_SHARES } from "./control.ts";
import type { Work } from "./work-estimate.ts";

/** A share that takes less than this is not worth a thread's attention. */
export const LEAST_SHARE_NANOSECONDS = 10_000;

/** A share that takes longer is cut further: a thread that the system holds up then holds up less. */
const MOST_SHARE_NANOSECONDS = 500_000;
/** Enough shares that threads which begin late or run slower take fewer of them. */
const MOST_SHARES_PER_THREAD = 4;

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
  if (shares < 2) return units;
  return Math.min(units, Math.ceil(units / shares / work.granule) * work.granule);
}
