import { duration } from "../duration.ts";
import type { ReportedArm } from "./claims-report.ts";

/** `"12 arms, 14 min; the longest 3 min"`: arms of one configuration are one, and took their time once. */
export function armsAndTime(arms: readonly ReportedArm[]): string {
  const own = [...new Map(arms.map((arm) => [arm.hash, arm])).values()];
  const count = `${own.length} arm${own.length === 1 ? "" : "s"}`;
  const seconds = own.flatMap((arm) => arm.seconds ?? []);
  if (seconds.length === 0 || seconds.length < own.length) return count;
  const total = seconds.reduce((sum, one) => sum + one, 0);
  const longest = own.length > 1 ? `; the longest ${duration(Math.max(...seconds))}` : "";
  return `${count}, ${duration(total)}${longest}`;
}
