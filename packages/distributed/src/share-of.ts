import type { Collective } from "./collective.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";

/** The part of a work that one rank does, where all ranks know the whole of it. */
export interface RankShare {
  readonly rank: number;
  readonly ranks: number;
  /** Returns the values of all ranks, which are plain JSON, in the order of the ranks. A collective. */
  gather<Value>(value: Value): Promise<readonly Value[]>;
}

/**
 * Returns the part of this rank, for evaluations and generations. Nothing for a rank alone, which does all.
 *
 * @example shareOf(alone()) // => undefined
 */
export function shareOf(collective: Collective): RankShare | undefined {
  const { rank, size: ranks } = collective;
  if (ranks === 1) return undefined;
  return {
    rank,
    ranks,
    async gather<Value>(value: Value) {
      return (await collective.allGather(bytesOfJson(value))).map((bytes) => jsonOfBytes<Value>(bytes));
    },
  };
}
