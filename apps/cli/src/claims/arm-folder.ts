import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint/node";
import type { ArmStore, StoredArm } from "@trivium/claims";
import { CheckpointError, readStringified, stringifyJson } from "@trivium/core";
import { writeReportFile } from "../report/report-folder.ts";

/** Keeps each arm in `DIR/arms/HASH.json`, whole or not at all. */
export function createArmFolder(directory: string): ArmStore {
  const folder = join(directory, "arms");
  return {
    async read(hash) {
      const text = await readIfThere(join(folder, `${hash}.json`));
      return text === undefined ? undefined : parseArm(text, join(folder, `${hash}.json`), hash);
    },
    async write(arm) {
      await withFileErrors("write the arm", folder, () => makeFolder(folder));
      await writeReportFile(folder, `${arm.hash}.json`, `${stringifyJson(arm)}\n`);
    },
  };
}

/** The text of a file, or nothing if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return withFileErrors("read", path, async () => {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  });
}

function parseArm(text: string, path: string, hash: string): StoredArm {
  const arm = parseJson(text) as Partial<StoredArm> | undefined;
  if (arm?.format === "trivium-claim-arm" && arm.version === 1 && arm.hash === hash) return arm as StoredArm;
  const message = `${path} does not hold the results of that arm; delete it and run the claim again`;
  throw new CheckpointError("cli/arm", message);
}

export function parseJson(text: string): unknown {
  try {
    return readStringified(text);
  } catch {
    return undefined;
  }
}
