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

/** All of them with every seed, one kind after the other. */
export const planSeeds = (kinds: readonly SeededArms[], request: ClaimRequest): ClaimArm[] =>
  kinds.flatMap((kind) =>
    seedsOf(kind, request).map((seed) => ({ ...kind.arm(seed), name: `${kind.name}, seed ${seed}` })),
  );

const seedsOf = ({ seeds: count }: SeededArms, { seeds }: ClaimRequest) => seeds.slice(0, count);

/** Finds again what `planSeeds` planned: the results of a kind, in the order of the seeds. */
export function resultsOf(kinds: readonly SeededArms[], results: readonly ArmResult[], request: ClaimRequest) {
  const found = new Map<string, readonly ArmResult[]>();
  let at = 0;
  for (const kind of kinds) {
    const count = seedsOf(kind, request).length;
    found.set(kind.name, results.slice(at, at + count));
    at += count;
  }
  return <Numbers extends Json>(name: string): readonly ArmResult<Numbers>[] =>
    (found.get(name) ?? []) as readonly unknown[] as readonly ArmResult<Numbers>[];
}

/** The same arm once more, computed anew: nothing of it may differ. */
export const repeated = ({ name, configuration, ...arm }: ClaimArm): ClaimArm => ({
  ...arm,
  name: `${name}, repeated`,
  configuration: { ...configuration, repeat: 1 },
});
