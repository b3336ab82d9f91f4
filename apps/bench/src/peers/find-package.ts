import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Absent } from "../contender.ts";

/** A package that is installed. */
export interface FoundPackage {
  /** The URL of its entry. */
  readonly entry: string;
  readonly version: string;
}

/** Finds a package in the folder that `TRIVIUM_PEERS` names, in that of the command, or where this one is installed. */
export function findPackage(name: string, size: string): FoundPackage | Absent {
  const folders = [process.env.TRIVIUM_PEERS, process.cwd()].filter((folder) => folder !== undefined);
  for (const from of [...folders.map((folder) => join(resolve(folder), "package.json")), import.meta.url]) {
    try {
      const entry = createRequire(from).resolve(name);
      return { entry: pathToFileURL(entry).href, version: versionOf(dirname(entry), name) };
    } catch {
      // The other place may have it.
    }
  }
  return {
    name,
    reason: `the package ${name} is not installed`,
    remedy: `npm install ${name} (${size}); TRIVIUM_PEERS names a folder that has it`,
  };
}

function versionOf(folder: string, name: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const manifest = join(at, "package.json");
    try {
      const read = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; version?: string };
      if (read.name === name && read.version) return read.version;
    } catch {
      // The manifest is further up.
    }
  }
  return "";
}
