import type { ClaimArm, StoredArm } from "@trivium/claims";
import { duration } from "../duration.ts";
import { type SortArmsOptions, sortArms } from "./sort-arms.ts";

/** The work that claims are. */
export interface Outlook {
  /** Those of one configuration are one. */
  readonly arms: number;
  /** Number of arms that have no results yet. */
  readonly left: number;
  /** Number of those that were measured on other data. */
  readonly outdated: number;
  /** Seconds that the arms left will take, but for those of unknown length. */
  readonly seconds: number;
  /** Number of arms that are like nothing that was measured before. */
  readonly unknown: number;
}

/**
 * Counts what is measured and what is left to do; the time goes by arms that differ in their seed alone, else by all of the type.
 *
 * @param jobs - arms that are measured at once, but for those that need to be alone.
 */
export async function claimsOutlook(options: SortArmsOptions, jobs = 1): Promise<Outlook> {
  const { left, known, outdated } = await sortArms(options);
  const foreseen = left.flatMap(({ arm }) => {
    const seconds = expectedSeconds(arm, known);
    return seconds === undefined ? [] : [seconds / (arm.alone ? 1 : jobs)];
  });
  const seconds = foreseen.reduce((sum, one) => sum + one, 0);
  const arms = left.length + known.length;
  return { arms, left: left.length, outdated, seconds, unknown: left.length - foreseen.length };
}

/** `"118 arms: 30 measured before, 88 to go, about 3 h 10 min and 2 arms of unknown length"` */
export function describeOutlook({ arms, left, outdated, seconds, unknown }: Outlook): string {
  const again = outdated > 0 ? ` (${outdated} again, on data that has changed)` : "";
  const counts = `${counted(arms)}: ${arms - left} measured before, ${left} to go${again}`;
  if (left === unknown) return counts;
  return `${counts}, about ${duration(seconds)}${unknown > 0 ? ` and ${counted(unknown)} of unknown length` : ""}`;
}

const counted = (arms: number): string => `${arms} arm${arms === 1 ? "" : "s"}`;

function expectedSeconds({ configuration }: ClaimArm, known: readonly StoredArm[]): number | undefined {
  const timed = known.filter(({ seconds }) => seconds !== undefined);
  const alike = timed.filter((one) => apartFromSeed(one.configuration) === apartFromSeed(configuration));
  const related = timed.filter((one) => one.configuration.type === configuration.type);
  const from = [alike, related].find(({ length }) => length > 0);
  return from && from.reduce((sum, { seconds = 0 }) => sum + seconds, 0) / from.length;
}

const apartFromSeed = ({ seed, repeat, ...rest }: ClaimArm["configuration"]): string => JSON.stringify(rest);
