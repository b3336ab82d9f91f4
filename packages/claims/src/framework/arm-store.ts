import type { Json } from "@trivium/core";
import type { ArmResult } from "./claim.ts";

/** What an arm found, as it is kept. */
export interface StoredArm extends ArmResult {
  readonly format: "trivium-claim-arm";
  readonly version: 1;
  /** See `armHash`. */
  readonly hash: string;
  /** How long it took, preparation and scoring included. */
  readonly seconds?: number | undefined;
  /** What it ran on, as `RunClaimsOptions` has it: what its times are of, and its last bits. */
  readonly machine?: Json | undefined;
}

/** Where arms are kept by the hash of their configuration, so that nothing is computed twice. */
export interface ArmStore {
  read(hash: string): Promise<StoredArm | undefined>;
  /** Whole or not at all. */
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
