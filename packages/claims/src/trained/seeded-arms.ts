import type { Json } from "@trivium/core";
import type { ArmResult, ClaimArm, ClaimRequest } from "../framework/claim.ts";

/** Arms that differ by their seed alone. */
export interface SeededArms {
  /** Unique within a plan. */
  readonly name: string;
  /** Number of seeds to run, from the first on. Default: all. */
  readonly seeds?: number | undefined;
  arm(seed: number): ClaimArm;
}

/** Returns the arms of all kinds with every seed, one kind after the other. */
export const planSeeds = (kinds: readonly SeededArms[], { seeds }: ClaimRequest): ClaimArm[] =>
  kinds.flatMap((kind) =>
    seeds.slice(0, kind.seeds).map((seed) => ({ ...kind.arm(seed), name: `${kind.name}, seed ${seed}` })),
  );

/** Finds again what `planSeeds` planned: the results of a kind, in the order of the seeds. */
export function resultsOf(kinds: readonly SeededArms[], results: readonly ArmResult[], { seeds }: ClaimRequest) {
  const names = kinds.flatMap((kind) => seeds.slice(0, kind.seeds).map(() => kind.name));
  return <Numbers extends Json>(name: string): readonly ArmResult<Numbers>[] =>
    results.filter((_, at) => names[at] === name) as readonly unknown[] as readonly ArmResult<Numbers>[];
}

/** The same arm once more, computed anew: nothing of it may differ. */
export const repeated = ({ name, configuration, ...arm }: ClaimArm): ClaimArm => ({
  ...arm,
  name: `${name}, repeated`,
  configuration: { ...configuration, repeat: 1 },
});
