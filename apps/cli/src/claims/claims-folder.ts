import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint/node";
import { CheckpointError } from "@trivium/core";
import { z } from "zod";
import { isUnfinished, writeReportFile } from "../report/report-folder.ts";
import { parseJson, readIfThere } from "./arm-folder.ts";

const schema = z.object({
  format: z.literal("trivium-claims-run"),
  version: z.literal(1),
  /** Ids, in the order of the report. */
  claims: z.array(z.string()),
  request: z.object({ preset: z.enum(["quick", "full"]), seeds: z.array(z.int()).min(1) }),
  /** As resolved: a plugin's file is found from every folder. */
  plugins: z.array(z.string()),
  /** The environment that computed: a part of every arm's hash. */
  environment: z.record(z.string(), z.string()),
  /** The reasons why claims were not run, by id. */
  reasons: z.record(z.string(), z.object({ code: z.string(), message: z.string() })),
});

/** The run that the arms of a folder belong to: enough to judge the claims again without computing anything. */
export type ClaimsRun = z.output<typeof schema>;

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

/** Returns the run of a folder, or nothing if it is no folder of claims. */
export async function readClaimsRun(folder: string): Promise<ClaimsRun | undefined> {
  const read = schema.safeParse(parseJson((await readIfThere(join(folder, runName))) ?? ""));
  return read.success ? read.data : undefined;
}

export const writeClaimsRun = (folder: string, run: ClaimsRun): Promise<void> =>
  writeReportFile(folder, runName, `${JSON.stringify(run, null, 2)}\n`);
