import { TriviumError } from "@trivium/core";

/** A group of ranks that cannot go on together: one has ended, has failed, or does something else than the others. */
export class CollectiveError extends TriviumError {}

/** Returns the error of all ranks of a group that one of them has ended. */
export function abortedBy(rank: number, reason: string): CollectiveError {
  const message = `rank ${rank} ended the run of all ranks: ${reason}`;
  return new CollectiveError("distributed/aborted", message, { details: { rank, reason } });
}

/** Returns the error of a group that a rank has left without a word, because its thread or process ended. */
export function lostRank(rank: number): CollectiveError {
  const message = `rank ${rank} has ended before the others; see what it wrote last, and start the ranks again from the newest checkpoint`;
  return new CollectiveError("distributed/lost-rank", message, { details: { rank } });
}

/** Returns the error of two ranks that do not take part in the same operation. */
export function outOfStep(own: { rank: number; operation: string }, other: typeof own): CollectiveError {
  const message = `the ranks are out of step: rank ${own.rank} is in ${own.operation}, rank ${other.rank} in ${other.operation}. Every rank runs the same program on the same recipe`;
  return new CollectiveError("distributed/out-of-step", message, { details: { own, other } });
}
