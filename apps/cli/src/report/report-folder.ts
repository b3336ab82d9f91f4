import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, TriviumError } from "@trivium/core";

const ours = new Set(["report.json", "report.html"]);

/**
 * Makes the folder, or takes one that is empty or holds an earlier report.
 *
 * @throws {CheckpointError} `cli/not-a-report` if it holds anything else, `cli/cannot-write` if the file system refuses.
 */
export async function openReportFolder(folder: string): Promise<void> {
  await refusingWith(folder, async () => {
    await mkdir(folder, { recursive: true });
    const foreign = (await readdir(folder)).filter((name) => !ours.has(name) && !name.startsWith("."));
    if (foreign.length > 0) {
      throw new CheckpointError(
        "cli/not-a-report",
        `${folder} holds ${foreign.slice(0, 3).join(", ")} and is no report's folder; choose another`,
      );
    }
    await writeFile(join(folder, ".trivium"), "");
  });
}

/** Writes a file whole or not at all. */
export async function writeReportFile(folder: string, name: string, content: string): Promise<void> {
  await refusingWith(folder, async () => {
    await writeFile(join(folder, `.${name}`), content);
    await rename(join(folder, `.${name}`), join(folder, name));
  });
}

async function refusingWith(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (TriviumError.is(cause)) throw cause;
    throw new CheckpointError("cli/cannot-write", `cannot write to ${folder}: ${(cause as Error).message}`, { cause });
  }
}
