import { access, constants, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CheckpointError, TriviumError } from "@trivium/core";

const ours = ["report.json", "report.html"];

/** Unfinished work of ours: never read, and overwritten. */
const temporaryOf = (name: string): string => `.${name}.temporary`;

/**
 * Makes the folder, or takes one that is empty or holds an earlier report.
 *
 * @throws {CheckpointError} `cli/not-a-report` if it holds anything else, `cli/cannot-write` if the file system refuses.
 */
export async function openReportFolder(folder: string): Promise<void> {
  await refusingWith(folder, async () => {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    const known = [...ours, ...ours.map(temporaryOf)];
    const foreign = (await readdir(folder)).filter((name) => !known.includes(name));
    if (foreign.length === 0) return;
    const some = foreign.slice(0, 3).join(", ") + (foreign.length > 3 ? ", …" : "");
    const message = `${folder} holds ${some} and is not the folder of a report; choose another with --out`;
    throw new CheckpointError("cli/not-a-report", message, { details: { folder, foreign } });
  });
}

/** Makes a folder and those above it, unless they exist; Node's own `recursive` reports a read-only disk as ENOENT. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/**
 * Writes a file whole or not at all.
 *
 * @throws {CheckpointError} `cli/cannot-write`; what was there before stays.
 */
export async function writeReportFile(folder: string, name: string, content: string): Promise<void> {
  const temporary = join(folder, temporaryOf(name));
  await refusingWith(folder, async () => {
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

async function refusingWith(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (TriviumError.is(cause)) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reasons = new Map([
      ["ENOSPC", "the disk is full"],
      ["EROFS", "the file system is read-only"],
      ["EACCES", "permission denied"],
      ["EEXIST", "it is a file, not a folder"],
      ["ENOTDIR", "a part of the path is a file, not a folder"],
    ]);
    const reason = reasons.get(code ?? "") ?? message;
    throw new CheckpointError("cli/cannot-write", `cannot write to ${folder}: ${reason}; choose another with --out`, {
      details: { folder, system: code },
      cause,
    });
  }
}
