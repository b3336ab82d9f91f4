import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./measurement.ts";

/** The folder of this package, in `src` as in `dist`. */
const ownFolder = new URL("..", import.meta.url);

/** The path of a file of this package. */
export const ownFile = (path: string): string => fileURLToPath(new URL(path, ownFolder));

/** The origin of numbers: machine, commit and command. */
export const provenance = (command: string): Pick<Measurement, "machine" | "commit" | "command" | "date"> => ({
  machine: {
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    realTime: isRealTime() || undefined,
  },
  commit: commit(),
  command,
  date: new Date().toISOString().slice(0, 10),
});

/** Tells if the kernel lets this process run before all ordinary ones (`chrt --rr 1`), known on Linux alone. */
function isRealTime(): boolean {
  try {
    // Behind the name, which may hold spaces, the policy is the 39th field: see proc(5).
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ");
    return ["1", "2"].includes(fields?.[38] ?? "");
  } catch {
    return false;
  }
}

/** The commit of the checkout that this file is in, with a + if anything but documentation was changed since; of a package its version. */
function commit(): string {
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: ownFolder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changes = git("status", "--porcelain", "--untracked-files=no", "--", ":(top)", ":(top,exclude)docs");
    return `${git("rev-parse", "--short=10", "HEAD")}${changes === "" ? "" : "+"}`;
  } catch {
    const { version } = JSON.parse(readFileSync(ownFile("package.json"), "utf8")) as { version: string };
    return `version ${version}`;
  }
}
