import { type Arm, type ArmEvent, type ArmReport, type ArmRunOptions, runArm } from "./run-arm.ts";

/** The arms of a comparison and the settings that all of them share. */
export interface CompareOptions extends Omit<ArmRunOptions, "inspect"> {
  readonly arms: readonly Arm[];
}

export type CompareEvent =
  | { readonly type: "arm"; readonly arm: string; readonly index: number; readonly arms: number }
  | ArmEvent
  | { readonly type: "report"; readonly arm: string; readonly report: ArmReport };

/**
 * Trains several arms on the same examples in the same order, and scores them on the same held-out targets.
 *
 * Everything but the arm is shared: the seed, the optimiser, the schedule, the steps. The same arm and seed twice give
 * the same numbers, times aside.
 *
 * @returns the reports, in the order of the arms; fewer if the signal aborts.
 * @throws {ConfigError} `model/config`; what `train` and `evaluate` throw.
 * @example const reports = await consume(compare({ arms, attention, batches, special, heldOut, decodeTarget, steps: 250, seed: 1, optimizer, schedule }));
 */
export async function* compare(options: CompareOptions): AsyncGenerator<CompareEvent, ArmReport[]> {
  const reports: ArmReport[] = [];
  for (const [index, arm] of options.arms.entries()) {
    if (options.signal?.aborted) break;
    yield { type: "arm", arm: arm.name, index, arms: options.arms.length };
    const run = yield* runArm(arm, options);
    if (!run) break;
    const { report } = run;
    reports.push(report);
    yield { type: "report", arm: arm.name, report };
  }
  return reports;
}
