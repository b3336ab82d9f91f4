import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "@trivium/core";
import { makeFolder, syncFolder, writeDurably } from "./durable-file.ts";
import { safetensorsChunks } from "./encode-safetensors.ts";
import { withFileErrors } from "./file-errors.ts";
import { FILE_NAME, type Fingerprint, MANIFEST_NAME, type Manifest } from "./manifest.ts";
import type { NamedArrays } from "./named-arrays.ts";
import { checkpointsFolder, type StepFolder, stepFolders, TEMPORARY_PREFIX } from "./step-folder.ts";
import { stepName } from "./step-name.ts";

/** The files of a checkpoint by name: arrays for `.safetensors`, anything that JSON can hold for `.json`. */
export interface CheckpointFiles {
  readonly [name: `${string}.safetensors`]: NamedArrays;
  readonly [name: `${string}.json`]: unknown;
}

export interface WriteCheckpointOptions {
  /** Optimiser steps done. */
  readonly step: number;
  readonly files: CheckpointFiles;
  /** Number of the newest checkpoints to keep, this one included. Default 2. */
  readonly keep?: number | undefined;
  /** Steps of further checkpoints to keep, such as the best ones. Default: none. */
  readonly protect?: readonly number[] | undefined;
}

/**
 * Writes a checkpoint to `checkpoints/step-000123/` of a run, then removes old ones.
 *
 * Everything is written under a temporary name, synced to the disk and renamed at the end, so a process that is
 * killed at any instant leaves every earlier checkpoint as it was. The arrays must not change until the promise settles.
 *
 * @returns the path of the checkpoint.
 * @throws {CheckpointError} `checkpoint/disk-full`, `checkpoint/read-only` or `checkpoint/io`; earlier checkpoints are
 *   kept and nothing is left behind. `checkpoint/array`, `checkpoint/json`, `checkpoint/name`,
 *   `checkpoint/step` or `checkpoint/keep` for unusable options.
 * @example await writeCheckpoint("runs/a", { step: 100, files: { "model.safetensors": weights, "state.json": state } });
 */
export async function writeCheckpoint(runDirectory: string, options: WriteCheckpointOptions): Promise<string> {
  const { step, files, keep = 2, protect = [] } = options;
  assertOptions(options);
  const folder = checkpointsFolder(runDirectory);
  const temporary = join(folder, `${TEMPORARY_PREFIX}${stepName(step)}-${process.pid}`);
  return withFileErrors(`write checkpoint ${stepName(step)}`, runDirectory, async () => {
    try {
      await rm(temporary, { recursive: true, force: true });
      await makeFolder(folder);
      await mkdir(temporary);
      await writeFiles(temporary, step, files);
      const existing = await stepFolders(runDirectory);
      const revision =
        1 + Math.max(0, ...existing.filter((other) => other.step === step).map((other) => other.revision));
      const path = join(folder, stepName(step, revision));
      await rename(temporary, path);
      await syncFolder(folder);
      await removeCheckpoints(superseded(existing, step, { keep, protect }));
      return path;
    } catch (error) {
      // A second failure here must not hide the first.
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
  });
}

/**
 * Removes every checkpoint of a later step: a run that goes on from an earlier one must not find them again.
 *
 * @throws {CheckpointError} as the file system reports.
 */
export async function discardCheckpointsAfter(runDirectory: string, step: number): Promise<void> {
  await withFileErrors(`remove checkpoints after ${stepName(step)}`, runDirectory, async () => {
    await removeCheckpoints((await stepFolders(runDirectory)).filter((folder) => folder.step > step));
  });
}

async function writeFiles(folder: string, step: number, files: CheckpointFiles): Promise<void> {
  const fingerprints: Record<string, Fingerprint> = {};
  for (const [name, content] of Object.entries(files)) {
    const chunks = name.endsWith(".json") ? [jsonBytes(content)] : safetensorsChunks(content as NamedArrays);
    fingerprints[name] = await writeDurably(join(folder, name), chunks);
  }
  const manifest: Manifest = { format: "trivium-checkpoint", version: 1, step, files: fingerprints };
  await writeDurably(join(folder, MANIFEST_NAME), [jsonBytes(manifest)]);
  await syncFolder(folder);
}

function jsonBytes(value: unknown): Uint8Array {
  const text = JSON.stringify(value, (key, member) => {
    if (typeof member !== "number" || Number.isFinite(member)) return member;
    throw new CheckpointError("checkpoint/json", `JSON cannot hold ${key}: ${member}; it would come back as null`);
  });
  return new TextEncoder().encode(`${text}
`);
}

/** Folders that the new checkpoint makes superfluous: its own earlier revisions, and all but the newest of the earlier steps. */
function superseded(
  existing: readonly StepFolder[],
  step: number,
  { keep, protect }: { readonly keep: number; readonly protect: readonly number[] },
): StepFolder[] {
  const earlier = existing.filter((folder) => folder.step < step);
  const kept = new Set([...new Set(earlier.map((folder) => folder.step))].slice(0, keep - 1).concat(protect));
  return existing.filter((folder) => folder.step === step || (folder.step < step && !kept.has(folder.step)));
}

async function removeCheckpoints(folders: readonly StepFolder[]): Promise<void> {
  for (const { path, name } of folders) {
    // Under its own name a half-removed checkpoint would look like a broken one.
    const doomed = join(path, "..", `${TEMPORARY_PREFIX}removed-${name}-${process.pid}`);
    await rm(doomed, { recursive: true, force: true });
    await rename(path, doomed);
    await rm(doomed, { recursive: true, force: true });
  }
}

function assertOptions({ step, files, keep = 2 }: WriteCheckpointOptions): void {
  const refuse = (code: string, problem: string) => new CheckpointError(`checkpoint/${code}`, problem);
  if (!Number.isSafeInteger(step) || step < 0) throw refuse("step", `a step is a whole number from 0, got ${step}`);
  if (!Number.isSafeInteger(keep) || keep < 1) throw refuse("keep", `keep is a whole number from 1, got ${keep}`);
  for (const [name, content] of Object.entries(files)) {
    if (!FILE_NAME.test(name) || name === MANIFEST_NAME) {
      throw refuse("name", `a checkpoint holds NAME.safetensors and NAME.json, but not ${JSON.stringify(name)}`);
    }
    if (content === undefined) throw refuse("name", `nothing is given for ${JSON.stringify(name)}`);
  }
}
