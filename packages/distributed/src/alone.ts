import type { Collective } from "./collective.ts";
import { collectiveOver } from "./collective-over.ts";

/**
 * The group of a single rank. Each collective returns what was given.
 *
 * @example alone().size // => 1
 */
export const alone = (): Collective =>
  collectiveOver({
    name: "alone",
    rank: 0,
    size: 1,
    canSum: true,
    exchange: async (_operation, parts) => parts,
    abort: async () => {},
    close: async () => {},
  });
