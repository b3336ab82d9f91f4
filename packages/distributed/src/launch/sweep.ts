import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "./launcher.ts";
import { onHost } from "./on-host.ts";
import { RUN_VARIABLE } from "./supervision.ts";

/** Milliseconds between two looks for processes that were ended, and the number of looks. */
const [LOOK_MS, LOOKS] = [50, 100];

/** Returns the processes of this machine that belong to a run, by the mark in their environment. */
export function processesOf(run: string): number[] {
  const mark = `${RUN_VARIABLE}=${run}`;
  const isMarked = (id: number) => textOf(`/proc/${id}/environ`).split("\0").includes(mark);
  return entriesOf("/proc")
    .map(Number)
    .filter((id) => id > 0 && id !== process.pid && isMarked(id));
}

/** Ends the processes of this machine that belong to a run, by SIGKILL. */
export function endProcesses(run: string): void {
  for (const id of processesOf(run)) endProcess(id);
}

/** Sends SIGKILL to a process, or to a group of them by the negative number of its leader. One that has ended is no error. */
export function endProcess(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** Names of the programs by which launchers start ranks on other hosts. */
const daemons = ["orted", "prted", "hydra_pmi_proxy"];

/** Milliseconds in which a daemon hands on what its rank has said last. */
const LAST_WORDS_MS = 1000;

/**
 * Ends this process by SIGKILL, and first what else of its run is on this machine, and the daemon of a launcher that started it: alone, it
 * would wait for its launcher. It blocks for a second.
 */
export function endWithDaemon(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_WORDS_MS);
  const run = process.env[RUN_VARIABLE];
  if (run !== undefined) endProcesses(run);
  if (daemons.includes(textOf(`/proc/${process.ppid}/comm`).trim())) endProcess(process.ppid);
  endProcess(process.pid);
}

/**
 * Ends what is left of a run, on this machine and on others, and waits until it is gone: daemons of a launcher outlive a cut network.
 *
 * @param agent - starts a command on a host, called as `ssh` is.
 * @returns the hosts that did not answer.
 */
export async function sweep(run: string, hosts: readonly Host[], agent: string): Promise<readonly Host[]> {
  endProcesses(run);
  const answers = await Promise.allSettled(hosts.map(({ name }) => onHost(agent, name, sweepScript(run))));
  for (let looks = 0; processesOf(run).length > 0 && looks < LOOKS; looks++) await sleep(LOOK_MS);
  return hosts.filter((_, at) => answers[at]!.status === "rejected");
}

/** {@link endProcesses} as a program of another host's shell. It ends with their daemons too, which may lack the mark. */
const sweepScript = (run: string): string =>
  [
    "for p in /proc/[0-9]*; do",
    `if tr '\\0' '\\n' < $p/environ 2>/dev/null | grep -qx '${RUN_VARIABLE}=${run}'; then`,
    "d=$(awk '/^PPid/ { print $2 }' $p/status);",
    `case $(cat /proc/$d/comm) in ${daemons.join("|")}) kill -9 $d;; esac;`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is of the shell
    "kill -9 ${p#/proc/}; fi; done 2>/dev/null; true",
  ].join(" ");

const entriesOf = (folder: string): string[] => attempted(() => readdirSync(folder), []);

const textOf = (file: string): string => attempted(() => readFileSync(file, "utf8"), "");

/** Processes come and go, and not every system has this folder. */
function attempted<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
