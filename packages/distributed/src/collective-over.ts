import { ConfigError } from "@trivium/core";
import type { Collective } from "./collective.ts";
import { abortedBy, CollectiveError } from "./collective-error.ts";

/** Operations of a group. Ranks that meet in different ones are out of step. */
export const operations = ["alltoall", "allGather", "gather", "broadcast", "barrier", "sum", "leave", "abort"] as const;

/** Name of an operation. */
export type Operation = (typeof operations)[number];

/** The one thing that a group of ranks has to be able to do. All collectives follow from it. */
export interface Transport extends Pick<Collective, "name" | "rank" | "size" | "abort"> {
  /**
   * Hands one part to each rank, and returns what each rank handed to this one.
   *
   * @param parts - one for each rank, lent until the promise settles. Several may be the same.
   * @throws {CollectiveError} as {@link Collective} has it.
   */
  exchange(operation: Operation, parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  /** The exchange `sum` adds the float32 numbers that all ranks hand to this one. Default false: there is no such exchange. */
  readonly canSum?: boolean | undefined;
  /** Frees what the rank holds of its group. Called when all ranks have arrived at the end, or the group has ended. */
  close(): Promise<void>;
}

const nothing = new Uint8Array(0);
const LEFT = "distributed/left";

/** Returns the collectives that follow from a transport. */
export function collectiveOver(transport: Transport): Collective {
  const { name, rank, size } = transport;
  let ended: CollectiveError | undefined;
  const exchange: Transport["exchange"] = async (operation, parts) => {
    if (ended) throw ended;
    try {
      return await transport.exchange(operation, parts);
    } catch (error) {
      if (CollectiveError.is(error)) ended = error;
      throw error;
    }
  };
  const toAll = (part: Uint8Array) => Array.from({ length: size }, () => part);
  const toFirst = (part: Uint8Array) => Array.from({ length: size }, (_, to) => (to === 0 ? part : nothing));
  return {
    name,
    rank,
    size,
    async alltoall(parts) {
      if (parts.length !== size) {
        const message = `alltoall takes one part for each of ${size} ranks, got ${parts.length}`;
        throw new ConfigError("distributed/parts", message);
      }
      return exchange("alltoall", parts);
    },
    allGather: (part) => exchange("allGather", toAll(part)),
    async gather(part) {
      const parts = await exchange("gather", toFirst(part));
      return rank === 0 ? parts : [];
    },
    async broadcast(part) {
      const [first] = await exchange("broadcast", toAll(rank === 0 ? part : nothing));
      return first!;
    },
    sum: transport.canSum ? async (parts) => (await exchange("sum", parts))[0]! : undefined,
    barrier: async () => void (await exchange("barrier", toAll(nothing))),
    async abort(reason) {
      if (ended) return;
      ended = abortedBy(rank, reason);
      await transport.abort(reason);
    },
    async leave() {
      if (ended?.code === LEFT) return;
      if (!ended) await exchange("leave", toAll(nothing));
      ended = new CollectiveError(LEFT, `rank ${rank} has left its group; join it again for more collectives`);
      await transport.close();
    },
  };
}
