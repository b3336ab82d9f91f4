import { access, constants, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint/node";
import { CheckpointError } from "@trivium/core";
import { z } from "zod";

/** The identity of a comparison; the same one may be done again. */
export interface ComparisonIdentity {
  /** Changes with any setting or configuration. */
  readonly configuration: string;
  /** The fingerprint of the data. */
  readonly data: string;
}

const savedSchema = z.object({
  format: z.literal("trivium-comparison"),
  data: z.object({ fingerprint: z.string() }),
  signature: z.object({ configuration: z.string() }),
});

const reportName = "report.json";
const ours = [reportName, "report.html"];

/** Unfinished work of ours: never read, and overwritten. */
const temporaryOf = (name: string): string => `.${name}.temporary`;

/** Tells if a file was being written when the program was killed. */
export const isUnfinished = (name: string): boolean => name.startsWith(".") && name.endsWith(".temporary");

/**
 * Makes the folder, or takes one that is empty or holds an earlier report of the same comparison.
 *
 * @throws {CheckpointError} `cli/not-a-report` if it holds anything else, `cli/other-comparison` if it holds another
 *   one's report, and what the file system reports: `checkpoint/disk-full`, `checkpoint/read-only`, …
 */
export async function openReportFolder(folder: string, identity: ComparisonIdentity): Promise<void> {
  await withFileErrors("write the report", folder, async () => {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    const names = await readdir(folder);
    const known = [...ours, ...ours.map(temporaryOf)];
    const foreign = names.filter((name) => !known.includes(name));
    if (foreign.length > 0) throw notAReport(folder, foreign);
    if (!names.includes(reportName)) return;
    if (isSameComparison(await readFile(join(folder, reportName), "utf8"), identity)) return;
    const message = `${folder} holds another comparison, of other settings or data; choose another folder with --out`;
    throw new CheckpointError("cli/other-comparison", message, { details: { folder } });
  });
}

function notAReport(folder: string, foreign: readonly string[]): CheckpointError {
  const some = foreign.slice(0, 3).join(", ") + (foreign.length > 3 ? ", …" : "");
  const message = `${folder} holds ${some} and is not the folder of a report; choose another with --out`;
  return new CheckpointError("cli/not-a-report", message, { details: { folder, foreign } });
}

function isSameComparison(text: string, { configuration, data }: ComparisonIdentity): boolean {
  try {
    const saved = savedSchema.parse(JSON.parse(text));
    return saved.signature.configuration === configuration && saved.data.fingerprint === data;
  } catch {
    return false;
  }
}

/**
 * Writes a file whole or not at all.
 *
 * @throws {CheckpointError} what the file system reports: `checkpoint/disk-full`, …; what was there before stays.
 */
export async function writeReportFile(folder: string, name: string, content: string): Promise<void> {
  const temporary = join(folder, temporaryOf(name));
  await withFileErrors("write the report", folder, async () => {
    try {
      await writeFile(temporary, content);
      await rename(temporary, join(folder, name));
    } catch (error) {
      // A second failure here must not hide the first.
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  });
}
