import { readJson } from "./workspace.ts";

/** How many checks passed and failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { status: string }[];
  }[];
}

/**
 * The tests of a vitest JSON report, over all projects.
 *
 * A file that failed without a failed test (it could not be loaded, or a hook threw) counts as one failure, and so
 * does a run that ended with `code` other than 0 although the report names no failure (an unhandled rejection).
 */
export function tallyOf({ numPassedTests, numFailedTests, testResults }: VitestReport, code: number): Tally {
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  );
  const failed = numFailedTests + brokenFiles.length;
  return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** The tally of a report file; a run that left none (it crashed) counts as one failure. */
export function readTally(file: string, code: number): Tally {
  try {
    return tallyOf(readJson(file) as VitestReport, code);
  } catch (error) {
    console.error(`no test report: ${(error as Error).message}`);
    return { passed: 0, failed: 1 };
  }
}
