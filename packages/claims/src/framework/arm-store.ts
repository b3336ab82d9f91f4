import type { Json } from "@trivium/core";
import type { ArmResult } from "./claim.ts";

/** The results of an arm as they are stored. */
export interface StoredArm extends ArmResult {
  readonly format: "trivium-claim-arm";
  readonly version: 1;
  /** See `armHash`. */
  readonly hash: string;
  /** Seconds of the run, including preparation and scoring. */
  readonly seconds?: number | undefined;
  /** The machine of the run, as `RunClaimsOptions` names it. Times and the last bits of numbers depend on it. */
  readonly machine?: Json | undefined;
}

/** A store of arm results by the hash of their configuration, so that no arm is computed twice. */
export interface ArmStore {
  read(hash: string): Promise<StoredArm | undefined>;
  /** Writes the results of an arm as a whole or not at all. */
  write(arm: StoredArm): Promise<void>;
}

/**
 * A store that ends with the program.
 *
 * @example runClaims({ claims, request, context, store: createMemoryArmStore() })
 */
export function createMemoryArmStore(): ArmStore & { readonly arms: ReadonlyMap<string, StoredArm> } {
  const arms = new Map<string, StoredArm>();
  return {
    arms,
    read: async (hash) => arms.get(hash),
    write: async (arm) => void arms.set(arm.hash, arm),
  };
}
