import {
  type AnalyseClaimsOptions,
  type PlannedArm,
  planArms,
  type RunClaimsOptions,
  readCurrent,
  type StoredArm,
} from "@trivium/claims";

export type SortArmsOptions = Omit<RunClaimsOptions, "machine" | "signal">;

/** The arms of claims by their hashes, in order: each configuration once. */
export async function planAllArms(
  options: Omit<AnalyseClaimsOptions, "store">,
): Promise<ReadonlyMap<string, PlannedArm>> {
  const { claims, request, environment } = options;
  const plans = await Promise.all(claims.map((named) => planArms(named, request, environment)));
  return new Map(plans.flat().map((one) => [one.hash, one]));
}

/** Sorts all arms into those that are left to measure and those that are known. */
export async function sortArms(options: SortArmsOptions) {
  const left: PlannedArm[] = [];
  const known: StoredArm[] = [];
  // Of those left, the ones that were measured on other data than is here now.
  let outdated = 0;
  for (const one of (await planAllArms(options)).values()) {
    const current = await readCurrent(one, options);
    if (current) known.push(current);
    else {
      left.push(one);
      if (await options.store.read(one.hash)) outdated += 1;
    }
  }
  return { left, known, outdated };
}
