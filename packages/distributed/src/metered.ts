import type { Collective } from "./collective.ts";

/** A collective that measures the time that its rank spends in it: sending, and waiting for the others. */
export interface MeteredCollective extends Collective {
  /** Returns the seconds since the last call. */
  takeSeconds(): number;
}

/**
 * Measures the time of a rank in collectives.
 *
 * @example metered(alone()).takeSeconds() // => 0
 */
export function metered(collective: Collective): MeteredCollective {
  let milliseconds = 0;
  const timed =
    <Given extends readonly unknown[], Result>(operation: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      const began = performance.now();
      return operation(...given).finally(() => {
        milliseconds += performance.now() - began;
      });
    };
  return {
    ...collective,
    alltoall: timed(collective.alltoall),
    allGather: timed(collective.allGather),
    sum: collective.sum && timed(collective.sum),
    gather: timed(collective.gather),
    broadcast: timed(collective.broadcast),
    barrier: timed(collective.barrier),
    takeSeconds() {
      const seconds = milliseconds / 1000;
      milliseconds = 0;
      return seconds;
    },
  };
}
