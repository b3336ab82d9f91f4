import { existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { withFileErrors } from "@trivium/checkpoint/node";
import { DataError, UnsupportedError } from "@trivium/core";
import type { Plugin } from "@trivium/registry";
import { cacheFolder, SETUP_FILE, setupFolder } from "./cache-folder.ts";
import { fetchArchive, givenArchive } from "./fetch-archive.ts";
import type { Machine, Setup, SetupArchive } from "./setup.ts";
import { unpack } from "./unpack.ts";

/** A named setup. */
export type SetupPlugin = Plugin<"setup", string, Setup>;

/** Options of `installSetup`. */
export interface InstallOptions {
  /** A file, or a folder with files, that were fetched before; what is not there is fetched. */
  readonly from?: string | undefined;
  /** Is told what happens, a line at a time. */
  readonly note?: ((line: string) => void) | undefined;
  /** Default: this machine. */
  readonly machine?: Machine | undefined;
}

/**
 * Brings a setup into the user's cache folder: fetches its archives by the registries' own clients, verifies them, unpacks
 * what is needed, and tests the result. The folder appears whole or not at all. An archive that arrived whole is not
 * fetched again after an interruption.
 *
 * @returns the folder; the same one at once, if it is there already.
 * @throws {UnsupportedError} `setup/platform`, `setup/client`, `setup/fetch`, or what the setup itself finds missing.
 * @throws {DataError} `setup/from`, `setup/sha256`, `setup/archive`.
 * @throws {CheckpointError} if the cache folder cannot be written.
 */
export async function installSetup(plugin: SetupPlugin, options: InstallOptions = {}): Promise<string> {
  const { name, create: setup } = plugin;
  const { from, note = () => {}, machine = process } = options;
  const root = join(cacheFolder()!, name);
  const folder = join(root, setup.version);
  if (setupFolder(name, setup.version) !== undefined) {
    note(`it was set up before; if it does not work, remove it first: trivium setup --remove ${name}`);
    return folder;
  }
  const archives = archivesFor(plugin, machine);
  assertGiven(archives, from);
  await setup.check?.();
  return await withFileErrors(`set up ${name} (TRIVIUM_CACHE names another folder)`, root, async () => {
    await removeStale(root);
    const staging = join(root, `${STAGING}${process.pid}`);
    await mkdir(staging, { recursive: true });
    try {
      const places = { from, downloads: join(root, DOWNLOADS), staging, note };
      for (const archive of archives) await unpack(await fetchArchive(archive, places), archive, staging);
      note(`making ${name} ${setup.version}`);
      await setup.finish(staging);
      await keepAs(plugin, staging, archives);
      await removeOthers(root, setup.version);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return folder;
  });
}

const STAGING = "staging-";
const DOWNLOADS = "downloads";

function archivesFor({ name, create }: SetupPlugin, machine: Machine): readonly SetupArchive[] {
  const archives = create.archives(machine);
  if (!("reason" in archives)) return archives;
  const message = `${name} cannot be set up on ${machine.platform} ${machine.arch}: ${archives.reason}. ${archives.remedy}`;
  throw new UnsupportedError("setup/platform", message);
}

function assertGiven(archives: readonly SetupArchive[], from: string | undefined): void {
  if (from === undefined || archives.some((archive) => givenArchive(archive, from) !== undefined)) return;
  const files = archives.map(({ file }) => file).join(", ");
  throw new DataError("setup/from", `${from} should be, or hold, one of ${files}; without --from they are fetched`);
}

/** Another process may have been first: its folder is as good. */
async function keepAs(
  { name, create }: SetupPlugin,
  staging: string,
  archives: readonly SetupArchive[],
): Promise<void> {
  const sources = archives.map(({ package: name, file, sha256 }) => ({ package: name, file, sha256 }));
  const bytes = await flushAll(staging);
  await writeFile(join(staging, SETUP_FILE), `${JSON.stringify({ sources, bytes }, null, 2)}\n`);
  if (setupFolder(name, create.version) !== undefined) return;
  const folder = join(cacheFolder()!, name, create.version);
  await rm(folder, { recursive: true, force: true });
  await rename(staging, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error;
  });
}

/** Brings every file of a folder onto the disk, so that none is short after a power cut. Returns their bytes by path. */
async function flushAll(folder: string): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = await open(path, "r+");
    try {
      await file.sync();
      bytes[relative(folder, path)] = (await file.stat()).size;
    } finally {
      await file.close();
    }
  }
  return bytes;
}

/** Removes what processes left that are no more. */
async function removeStale(root: string): Promise<void> {
  if (!existsSync(root)) return;
  for (const entry of await readdir(root)) {
    if (entry.startsWith(STAGING) && !isAlive(Number(entry.slice(STAGING.length)))) {
      await rm(join(root, entry), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Removes earlier versions, and the archives unless another process unpacks them now. */
async function removeOthers(root: string, version: string): Promise<void> {
  const entries = await readdir(root);
  const kept = (entry: string) => entry === version || entry.startsWith(STAGING);
  const shared = entries.some((entry) => entry.startsWith(STAGING)) ? DOWNLOADS : undefined;
  for (const entry of entries.filter((one) => !kept(one) && one !== shared)) {
    await rm(join(root, entry), { recursive: true, force: true });
  }
}

/**
 * Removes a setup with all that was fetched for it, whatever its version.
 *
 * @returns the folder that was removed; undefined if there was none.
 */
export async function removeSetup(name: string): Promise<string | undefined> {
  const root = join(cacheFolder()!, name);
  if (!existsSync(root)) return undefined;
  await withFileErrors(`remove ${name}`, root, () => rm(root, { recursive: true }));
  return root;
}
