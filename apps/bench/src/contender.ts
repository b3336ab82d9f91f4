import type { Precision } from "./options.ts";

/** Something that does the same work as the others of its benchmark. */
export interface Contender {
  /** `trivium` for ours; `torch`, `tfjs-cpu`, `jax-js`, … */
  readonly name: string;
  readonly precision: Precision;
  /** What multiplies matrices, where there is a choice. */
  readonly provider?: string;
  /** Which of several pieces of work it does: the mask of `bench attention`, the shape of `bench gemm`. */
  readonly work?: string;
  readonly threads?: number;
  /** Of the peer: `1.13.0a0`. */
  readonly version?: string;
  /** Does the work so many times. @returns the seconds that it took in all. */
  run(times: number): Promise<number>;
  /** Gives back what it holds. */
  close(): Promise<void> | void;
}

/** A contender that cannot run here, and what would help. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
  readonly remedy: string;
}

export const isAbsent = (found: object): found is Absent => "remedy" in found;

/** The contenders that are there; of the others it is told why they are not. */
export function presentContenders<Found extends object>(
  found: readonly (Found | Absent)[],
  note: (line: string) => void,
): Found[] {
  for (const one of found) if (isAbsent(one)) note(`${one.name} is left out: ${one.reason}. ${one.remedy}`);
  return found.filter((one): one is Found => !isAbsent(one));
}

/** Seconds that the function takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
