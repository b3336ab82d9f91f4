import { readFileSync } from "node:fs";
import { ConfigError } from "@trivium/core";
import { z } from "zod";
import { points } from "./points.ts";
import { type Schedule, schedule } from "./schedule.ts";

/** The place of a schedule. */
export interface FileScheduleOptions {
  /** A text file: each line has a step and its rate, apart by a comma, a tab or spaces. Lines that begin with `#` are skipped. */
  readonly path: string;
}

/**
 * A schedule from a file of steps and rates, with straight lines between them. A resume compares its points, not its path.
 *
 * @throws {ConfigError} `trainer/schedule-file`, naming file and line; `trainer/points` if steps do not ascend.
 * @example
 * fileSchedule({ path: "rates.csv" })(50)
 */
export function fileSchedule({ path }: FileScheduleOptions): Schedule {
  const lines = readLines(path).split(/\r?\n/);
  const pairs = lines.flatMap((line, at) => {
    const text = line.replace(/^\uFEFF/, "").trim();
    if (text === "" || text.startsWith("#")) return [];
    const [step, rate, ...more] = text.split(/\s*,\s*|\s+/).map(Number);
    const isPair = Number.isInteger(step) && step! >= 0 && Number.isFinite(rate) && rate! >= 0 && more.length === 0;
    if (isPair) return [[step!, rate!] as const];
    throw refusal(`${path}:${at + 1}: a line has a step and a rate, such as "100, 0.001", got ${JSON.stringify(text)}`);
  });
  return points({ points: pairs });
}

function readLines(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw refusal(`cannot read the schedule ${path}: ${(cause as Error).message}`, cause);
  }
}

const refusal = (message: string, cause?: unknown) => new ConfigError("trainer/schedule-file", message, { cause });

/** The plugin of schedules in files. */
export const fileSchedulePlugin = schedule("file", fileSchedule, {
  description: "Steps and rates from a text file, straight lines between them.",
  schema: z.strictObject({ path: z.string().min(1) }),
});
