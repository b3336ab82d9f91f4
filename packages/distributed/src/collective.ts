import { defineKind } from "@trivium/registry";

/**
 * A group of ranks: processes or threads that run the same program and hand bytes to one another.
 *
 * `alltoall`, `allGather`, `gather`, `broadcast`, `barrier` and `leave` are collectives: every rank calls the same ones in
 * the same order, and awaits one before it begins the next. What is given is lent until the promise settles. What is
 * returned is lent until the next collective but one: copy what is kept for longer. A rank's own part may share memory with
 * what it gave.
 */
export interface Collective {
  /** Name of the plugin, for messages. */
  readonly name: string;
  /** Place of this rank among all, counted from 0. */
  readonly rank: number;
  /** Number of ranks. */
  readonly size: number;
  /**
   * Hands one part to each rank.
   *
   * @param parts - one for each rank, of any length.
   * @returns what each rank handed to this one, in the order of the ranks.
   * @throws {ConfigError} `distributed/parts` if there is not one part for each rank.
   */
  alltoall(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** Hands one part to all ranks, and returns the parts of all, in the order of the ranks. */
  allGather(part: Uint8Array): Promise<readonly Uint8Array[]>;
  /** Returns the parts of all ranks to rank 0, in the order of the ranks. The other ranks get none. */
  gather(part: Uint8Array): Promise<readonly Uint8Array[]>;
  /** Returns the part of rank 0, to all ranks. What the other ranks give is not looked at. */
  broadcast(part: Uint8Array): Promise<Uint8Array>;
  /**
   * Adds float32 numbers by the library's own reduction, whose bits depend on the number of ranks. Undefined where there is none.
   *
   * @param parts - bytes of the numbers for each rank, one part behind the other in one buffer, equally long on all ranks.
   * @returns the sums of what the ranks handed to this one.
   */
  readonly sum?: ((parts: readonly Uint8Array[]) => Promise<Uint8Array>) | undefined;
  /** Resolves when all ranks have called it. */
  barrier(): Promise<void>;
  /**
   * Ends the group, because this rank cannot go on. The collectives that the other ranks wait in, or call next, are
   * rejected with the reason.
   *
   * @param reason - one sentence for the person who looks after the run.
   * @returns a promise that settles when the others are told.
   */
  abort(reason: string): Promise<void>;
  /** Leaves the group, together with all others. There is no collective afterwards. A group that has ended is left at once. */
  leave(): Promise<void>;
}

/**
 * The kind of collectives: a function from options to the place of this rank in its group.
 *
 * Collectives reject with {@link CollectiveError}: `distributed/aborted` if a rank ended the group, `distributed/lost-rank`
 * if a rank ended without a word, `distributed/out-of-step` if two ranks are in different operations, `distributed/silent` if
 * nobody answers for too long, `distributed/left` after leaving. The group has ended then.
 */
export const collective = defineKind<(options: never) => Promise<Collective>>()("collective");
