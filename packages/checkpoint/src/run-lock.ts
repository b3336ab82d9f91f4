import { readFileSync, rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { CheckpointError } from "@trivium/core";
import { systemCode } from "./file-errors.ts";
import { LOCK_PREFIX, namesIn } from "./step-folder.ts";

/** A process that works in a run folder, or did when it died. */
export interface Holder {
  readonly pid: number;
  /** When it was started, or 0 where the system does not say: numbers of processes are used again. */
  readonly started: string;
  readonly host: string;
}

/** The lock files of this process. */
const held = new Set<string>();

/**
 * Takes a run folder for this process, until `releaseRun` or its end. The same process may take it again.
 *
 * Each process has a lock file of its own, which says in its name whose it is: it makes that first and looks for others
 * then, so of two processes at least one sees the other. Those of dead processes of this host are removed. Two
 * that begin at the same instant may both be refused.
 *
 * @throws {CheckpointError} `checkpoint/in-use`, naming process and host.
 */
export async function lockRun(directory: string): Promise<void> {
  const own = ownLock(directory);
  await (await open(own, "w")).close();
  if (held.size === 0) process.off("exit", releaseAll).on("exit", releaseAll);
  held.add(own);
  for (const name of await namesIn(directory)) {
    const holder = parseName(name);
    if (!holder || resolve(directory, name) === own) continue;
    if (isAlive(holder)) {
      release(own);
      throw inUse(directory, name, holder);
    }
    await rm(join(directory, name), { force: true });
  }
}

/**
 * Gives up a run folder that `openRun` took, for a process that lives on after the run; the end of a process does it too.
 *
 * @example releaseRun("runs/a");
 */
export function releaseRun(directory: string): void {
  release(ownLock(directory));
}

/**
 * Returns a process that works in a run folder now; undefined if none does, or there is no folder. One of another host
 * counts as working, since it cannot be asked.
 *
 * @example (await runHolder("runs/a"))?.pid // => undefined
 */
export async function runHolder(directory: string): Promise<Holder | undefined> {
  const holders = (await namesIn(directory)).flatMap((name) => parseName(name) ?? []);
  return holders.find((holder) => holder.pid === process.pid || isAlive(holder));
}

function release(path: string): void {
  if (!held.delete(path)) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays as the lock of a process that is not there any more, which stops nobody.
  }
}

function releaseAll(): void {
  for (const path of held) release(path);
}

/** Absolute: the process may be in another folder when it ends. */
const ownLock = (directory: string): string =>
  resolve(directory, `${LOCK_PREFIX}${process.pid}-${startOf(process.pid) ?? 0}-${ownHost()}`);

const ownHost = (): string => hostname().replaceAll(/[^\w.-]/g, "_");

function parseName(name: string): Holder | undefined {
  const parts = name.startsWith(LOCK_PREFIX) ? /^(\d+)-(\d+)-(.+)$/.exec(name.slice(LOCK_PREFIX.length)) : null;
  return parts ? { pid: Number(parts[1]), started: parts[2] as string, host: parts[3] as string } : undefined;
}

/** A process of another host counts as alive, since it cannot be asked. */
function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== ownHost()) return true;
  // What is not of this process and has its number is of an earlier one.
  if (pid === process.pid) return false;
  if (started !== "0") return startOf(pid) === started;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/**
 * When a process was started, in clock ticks since the boot; undefined if it is not there, or dead and not yet waited
 * for, or if the system does not say.
 *
 * @source proc_pid_stat(5), https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may hold spaces and brackets.
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return "ZX".includes(state) ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function inUse(directory: string, lock: string, { pid, host }: Holder): CheckpointError {
  const message = `${directory} is in use by process ${pid} on ${host}; wait for its end, or remove ${lock} there if it is not running`;
  return new CheckpointError("checkpoint/in-use", message, { details: { directory, pid, host } });
}
