import type { ArmResult, ClaimArm, ClaimRequest, Json } from "@trivium/evaluator";

/** Arms that differ by their seed alone. */
export interface SeededArms {
  /** Unique within a plan. */
  readonly name: string;
  arm(seed: number): ClaimArm;
}

/** All of them with every seed, one kind after the other. */
export const planSeeds = (kinds: readonly SeededArms[], { seeds }: ClaimRequest): ClaimArm[] =>
  kinds.flatMap(({ name, arm }) => seeds.map((seed) => ({ ...arm(seed), name: `${name}, seed ${seed}` })));

/** Finds again what `planSeeds` planned: the results of a kind, in the order of the seeds. */
export function resultsOf(kinds: readonly SeededArms[], results: readonly ArmResult[], { seeds }: ClaimRequest) {
  return <Numbers extends Json>(name: string): readonly ArmResult<Numbers>[] => {
    const at = kinds.findIndex((kind) => kind.name === name);
    return results.slice(
      at * seeds.length,
      (at + 1) * seeds.length,
    ) as readonly unknown[] as readonly ArmResult<Numbers>[];
  };
}

/** The same arm once more, computed anew: nothing of it may differ. */
export const repeated = ({ name, configuration, run }: ClaimArm): ClaimArm => ({
  name: `${name}, repeated`,
  configuration: { ...configuration, repeat: 1 },
  run,
});
