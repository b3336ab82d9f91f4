import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint";
import { CheckpointError, type Reason } from "@trivium/core";
import type { ClaimRequest, Json } from "@trivium/evaluator";
import { isUnfinished, writeReportFile } from "../report/report-folder.ts";
import { parseJson, readIfThere } from "./arm-folder.ts";

/** What arms run on: what their times are of, and how their sums are rounded. */
export type Machine = {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  /** Of the library of matrix products, with the instruction set that it takes. */
  readonly gemmVersion?: string;
};

/** What the arms of a folder were run for: enough to judge the claims again without computing anything. */
export interface ClaimsRun {
  readonly format: "trivium-claims-run";
  readonly version: 1;
  /** What was typed. */
  readonly command: string;
  /** Ids, in the order of the report. */
  readonly claims: readonly string[];
  readonly request: ClaimRequest;
  /** As resolved: a plugin's file is found from every folder. */
  readonly plugins: readonly string[];
  /** What computed: a part of every arm's hash. */
  readonly environment: Json;
  readonly backend: string;
  /** One for each that took part. */
  readonly machines: readonly Machine[];
  /** Why claims were not run, by id. */
  readonly reasons: Readonly<Record<string, Reason>>;
}

const runName = "run.json";

/**
 * Makes the folder, or takes one that is empty or holds claims.
 *
 * @returns what was run in it before.
 * @throws {CheckpointError} `cli/not-claims` if it holds anything else, and what the file system reports.
 */
export async function openClaimsFolder(folder: string): Promise<ClaimsRun | undefined> {
  const names = await withFileErrors("write the report", folder, async () => {
    await makeFolder(folder);
    return readdir(folder);
  });
  const before = await readClaimsRun(folder);
  if (before || names.every((name) => name === "arms" || isUnfinished(name))) return before;
  const message = `${folder} holds ${names.slice(0, 3).join(", ")} and is not a folder of claims; choose another with --out`;
  throw new CheckpointError("cli/not-claims", message, { details: { folder } });
}

/** What was run in the folder; nothing if it is no folder of claims. */
export async function readClaimsRun(folder: string): Promise<ClaimsRun | undefined> {
  const run = parseJson((await readIfThere(join(folder, runName))) ?? "") as Partial<ClaimsRun> | undefined;
  const isOurs = run?.format === "trivium-claims-run" && run.version === 1;
  // The first folders named no machines.
  return isOurs ? ({ machines: [], ...run } as unknown as ClaimsRun) : undefined;
}

export const writeClaimsRun = (folder: string, run: ClaimsRun): Promise<void> =>
  writeReportFile(folder, runName, `${JSON.stringify(run, null, 2)}\n`);
