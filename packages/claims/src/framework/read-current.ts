import type { PlannedArm } from "./analyse-claims.ts";
import type { StoredArm } from "./arm-store.ts";
import { isLack, type MeasureArmOptions } from "./measure-arm.ts";

/**
 * What is kept of an arm, unless it was measured on other data than is here now: then it is to be measured anew. Where
 * the data is missing it counts as kept, as nothing better is to be had.
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
