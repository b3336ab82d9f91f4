import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, jsonDifferences } from "@trivium/core";
import { z } from "zod";
import { makeFolder, readPieces, replaceDurably, syncFolder } from "./durable-file.ts";
import { systemCode, withFileErrors } from "./file-errors.ts";
import { lockRun } from "./run-lock.ts";
import { checkpointsFolder, LOCK_PREFIX, namesIn, stepFolders, TEMPORARY_PREFIX } from "./step-folder.ts";

/** The name of the file that makes a folder a run. */
export const RUN_FILE_NAME = "run.json";

export interface OpenRunOptions {
  /** Facts that identify the run, as JSON: architecture, sizes, objective, data, seed. */
  readonly identity: unknown;
  /** Continues a run that the folder holds. Default false: such a folder is refused. */
  readonly resume?: boolean | undefined;
}

export interface OpenedRun {
  readonly directory: string;
  /** True if the folder has just become a run. */
  readonly isNew: boolean;
}

const runSchema = z.object({ format: z.literal("trivium-run"), version: z.literal(1), identity: z.json() });

/**
 * Opens an output folder: makes a missing or empty one a run by writing `run.json`, or checks that the run in it is
 * the one that is meant. Takes it for this process, until its end or `releaseRun`. Removes what a killed process left
 * half-written; otherwise touches nothing that it refuses.
 *
 * @throws {CheckpointError} `checkpoint/other-run` if it holds a run of another identity (naming the fields that
 *   differ), `checkpoint/run-exists` if it holds this run and `resume` is not set, `checkpoint/not-a-run` if it holds
 *   anything else, `checkpoint/in-use` if another process works in it; `checkpoint/disk-full`, `checkpoint/read-only` and the like from the file system.
 * @example await openRun("runs/a", { identity: { architecture: "prefix", seed: 1 }, resume: true });
 */
export async function openRun(directory: string, options: OpenRunOptions): Promise<OpenedRun> {
  const { identity, resume = false } = options;
  return withFileErrors("open the run", directory, async () => {
    const known = await readIdentity(directory);
    if (known !== undefined) {
      assertSameRun(directory, known.identity, identity);
      if (!resume && (await stepFolders(directory)).length > 0) throw runExists(directory);
      await lockRun(directory);
      await removeTemporaries(directory);
      return { directory, isNew: false };
    }
    await assertEmpty(directory);
    await makeFolder(directory);
    await lockRun(directory);
    const content = `${JSON.stringify({ format: "trivium-run", version: 1, identity }, null, 2)}\n`;
    await replaceDurably(join(directory, RUN_FILE_NAME), join(directory, `${TEMPORARY_PREFIX}run`), content);
    await syncFolder(directory);
    return { directory, isNew: true };
  });
}

/**
 * The identity that a run was opened with.
 *
 * @throws {CheckpointError} `checkpoint/not-a-run` if the folder is no run.
 */
export async function readRunIdentity(directory: string): Promise<unknown> {
  const known = await withFileErrors("read the run", directory, () => readIdentity(directory));
  if (known === undefined) throw notARun(directory, `it has no ${RUN_FILE_NAME}`);
  return known.identity;
}

async function readIdentity(directory: string): Promise<{ readonly identity: unknown } | undefined> {
  let text: string;
  try {
    text = new TextDecoder().decode(await readPieces(join(directory, RUN_FILE_NAME)));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return runSchema.parse(JSON.parse(text));
  } catch {
    throw notARun(directory, `its ${RUN_FILE_NAME} is not one of ours`);
  }
}

async function assertEmpty(directory: string): Promise<void> {
  const foreign = (await namesIn(directory)).filter(
    (name) => !name.startsWith(TEMPORARY_PREFIX) && !name.startsWith(LOCK_PREFIX),
  );
  if (foreign.length === 0) return;
  const some = foreign.slice(0, 3).join(", ") + (foreign.length > 3 ? ", …" : "");
  throw notARun(directory, `it holds ${some} and no ${RUN_FILE_NAME}`);
}

function assertSameRun(directory: string, known: unknown, asked: unknown): void {
  const differences = jsonDifferences(known, JSON.parse(JSON.stringify(asked)));
  if (differences.length === 0) return;
  const list = differences.slice(0, 5).map(({ path, was, is }) => `${path} is ${was} there, ${is} here`);
  const more = differences.length > 5 ? `; and ${differences.length - 5} more` : "";
  const message = `${directory} holds another run (${list.join("; ")}${more}); choose another folder`;
  throw new CheckpointError("checkpoint/other-run", message, { details: { directory, differences } });
}

async function removeTemporaries(directory: string): Promise<void> {
  for (const folder of [directory, checkpointsFolder(directory)]) {
    for (const name of await namesIn(folder)) {
      if (name.startsWith(TEMPORARY_PREFIX)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

const runExists = (directory: string): CheckpointError =>
  new CheckpointError(
    "checkpoint/run-exists",
    `${directory} already holds this run with checkpoints; resume it or choose another folder`,
    { details: { directory } },
  );

const notARun = (directory: string, why: string): CheckpointError =>
  new CheckpointError("checkpoint/not-a-run", `${directory} is not a run folder: ${why}; choose another folder`, {
    details: { directory },
  });
