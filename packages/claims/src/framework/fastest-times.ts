import type { ArmContext, ArmProgress } from "./claim.ts";

/**
 * Runs all cases in turns, so that a busy moment of the machine hits all alike. The first turn warms up.
 *
 * @param cases - functions that return seconds by name.
 * @returns the least seconds of each name.
 */
export async function* fastestTimes(
  cases: readonly (() => Readonly<Record<string, number>>)[],
  repetitions: number,
  { signal }: Pick<ArmContext, "signal">,
): AsyncGenerator<ArmProgress, Record<string, number>, void> {
  const least = new Map<string, number>();
  for (let turn = 0; turn <= repetitions; turn++) {
    for (const run of cases) {
      for (const [name, seconds] of Object.entries(run())) {
        if (turn > 0) least.set(name, Math.min(seconds, least.get(name) ?? Number.POSITIVE_INFINITY));
      }
      signal?.throwIfAborted();
    }
    yield { done: turn, total: repetitions };
  }
  return Object.fromEntries(least);
}
