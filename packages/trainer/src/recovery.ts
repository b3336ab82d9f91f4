import { z } from "zod";

export const recoverySchema = z.object({
  /**
   * The answer to a loss or a gradient that is not finite, and to a loss that diverges. `"stop"` throws. `"skip"` leaves
   * the update of a step out whose numbers are not finite, and counts it; a diverged loss still stops. `"roll-back"` goes
   * on from the newest checkpoint, at a lower rate.
   */
  action: z.enum(["stop", "skip", "roll-back"]),
  /** Number of steps in a row that are skipped, or of roll-backs of a run, after which the run stops all the same. Default 5. */
  limit: z.int().positive().default(5),
  /** Factor of the learning rate for each roll-back, in (0, 1). Default 0.5. */
  factor: z.number().positive().lt(1).default(0.5),
});

/** The answer to a broken step. */
export type RecoveryOptions = z.input<typeof recoverySchema>;

/** Faults of a run so far, as plain JSON. */
export interface FaultCounts {
  /** Number of steps without an update. */
  readonly skipped: number;
  /** How many of the newest steps have no update. */
  readonly inRow: number;
  readonly rollBacks: number;
}

export const noFaults: FaultCounts = { skipped: 0, inRow: 0, rollBacks: 0 };

/** Returns the counts after one more step, with or without an update. */
export function withStep(faults: FaultCounts, isSkipped: boolean): FaultCounts {
  if (isSkipped) return { ...faults, skipped: faults.skipped + 1, inRow: faults.inRow + 1 };
  return faults.inRow === 0 ? faults : { ...faults, inRow: 0 };
}

/** Returns the options with their defaults. */
export const recoveryOf = (options: RecoveryOptions = { action: "stop" }): z.output<typeof recoverySchema> =>
  recoverySchema.parse(options);
