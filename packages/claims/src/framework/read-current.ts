import type { PlannedArm } from "./analyse-claims.ts";
import type { StoredArm } from "./arm-store.ts";
import { isLack, type MeasureArmOptions } from "./measure-arm.ts";

/**
 * Reads the stored results of an arm, unless they were measured on other data than the present. Results count as
 * current if the data is missing.
 *
 * @throws what the store throws, and a dataset for other reasons.
 * @example const kept = await readCurrent(planned, { store, context });
 */
export async function readCurrent(
  { arm, hash }: PlannedArm,
  { store, context }: Pick<MeasureArmOptions, "store" | "context">,
): Promise<StoredArm | undefined> {
  const kept = await store.read(hash);
  if (!kept || !arm.isCurrent) return kept;
  try {
    return (await arm.isCurrent(kept, context)) ? kept : undefined;
  } catch (error) {
    if (isLack(error)) return kept;
    throw error;
  }
}
