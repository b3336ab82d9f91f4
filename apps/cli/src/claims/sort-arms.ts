import { type AnalyseClaimsOptions, type PlannedArm, planArms, type StoredArm } from "@trivium/evaluator";

export interface ArmsOfClaims {
  readonly left: readonly PlannedArm[];
  readonly known: readonly StoredArm[];
}

/** The arms of claims, each configuration once, in their order: those without results, and those with. */
export async function sortArms({ claims, request, environment, store }: AnalyseClaimsOptions): Promise<ArmsOfClaims> {
  const plans = await Promise.all(claims.map((named) => planArms(named, request, environment)));
  const planned = new Map(plans.flat().map((one) => [one.hash, one]));
  const left: PlannedArm[] = [];
  const known: StoredArm[] = [];
  for (const one of planned.values()) {
    const stored = await store.read(one.hash);
    if (stored) known.push(stored);
    else left.push(one);
  }
  return { left, known };
}
