import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { measurementSchema } from "../measurement.ts";
import { ownFile } from "../provenance.ts";
import type { Measured } from "./performance-page.ts";
import { performanceRuns } from "./performance-runs.ts";

/** The page, in a checkout. */
export const pageFile = ownFile("../../docs/performance.md");

/** The file that a benchmark's JSON is kept in, in a checkout. */
export const measurementsFile = (name: string): string => ownFile(`../../docs/performance/${name}.json`);

/** Every benchmark with what its file holds; nothing if it was never measured. */
export const readMeasured = (): Measured[] =>
  performanceRuns.map((run) => {
    const file = measurementsFile(run.name);
    const json = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
    return { run, measurements: z.array(measurementSchema).parse(json) };
  });
