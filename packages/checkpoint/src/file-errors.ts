import { CheckpointError, TriviumError } from "@trivium/core";

/** Errors of the operating system in plain words with the remedy, by their code. */
const EXPLANATIONS: Readonly<Record<string, readonly [code: string, words: string]>> = {
  ENOSPC: ["disk-full", "the disk is full; free some space or write elsewhere"],
  EDQUOT: ["disk-full", "the disk quota is used up; free some space or write elsewhere"],
  EROFS: ["read-only", "the file system is read-only; write elsewhere"],
  EACCES: ["read-only", "permission denied; change the permissions or choose another folder"],
  EPERM: ["read-only", "the operation is not permitted; change the permissions or choose another folder"],
  ENOENT: ["missing", "there is no such file or folder"],
  EEXIST: ["not-a-folder", "it is a file, not a folder"],
  ENOTDIR: ["not-a-folder", "a part of the path is a file, not a folder"],
  ELOOP: ["link-loop", "a part of the path is a link that leads back to itself; remove it"],
};

/** Returns the operating system's code of an error, if it has one. */
export const systemCode = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
};

/**
 * Runs `action`, and turns errors of the file system into a `CheckpointError` of one clear line.
 *
 * @param what - the attempt, for the message: `"write checkpoint step-000100"`.
 * @throws {CheckpointError} `checkpoint/disk-full`, `checkpoint/read-only`, `checkpoint/missing`,
 *   `checkpoint/not-a-folder`, `checkpoint/link-loop`, or `checkpoint/io` for anything else that the system reports.
 * @example await withFileErrors("write the report", folder, () => writeFile(join(folder, "report.json"), text));
 */
export async function withFileErrors<T>(what: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reported = systemCode(cause);
    if (TriviumError.is(cause) || reported === undefined) throw cause;
    const [code, words] = EXPLANATIONS[reported] ?? ["io", (cause as Error).message];
    throw new CheckpointError(`checkpoint/${code}`, `cannot ${what} in ${path}: ${words} (${reported})`, {
      details: { path, system: reported },
      cause,
    });
  }
}
