import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Host } from "./launcher.ts";
import { RUN_VARIABLE } from "./supervision.ts";

/** Seconds that another host has to answer. */
const ANSWER_SECONDS = 20;

/** Returns the processes of this machine that belong to a run, by the mark in their environment. */
export async function processesOf(run: string): Promise<number[]> {
  const mark = `${RUN_VARIABLE}=${run}`;
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    ids.map(async (id) => {
      const environment = await readFile(`/proc/${id}/environ`, "utf8").catch(() => "");
      return id !== process.pid && environment.split("\0").includes(mark) ? [id] : [];
    }),
  );
  return found.flat();
}

/** The same on another host, and the end of what is found there, as a program of its shell. */
const sweepScript = (run: string): string =>
  `for p in /proc/[0-9]*; do if tr '\\0' '\\n' < $p/environ 2>/dev/null | grep -qx '${RUN_VARIABLE}=${run}'; then kill -9 \${p#/proc/} 2>/dev/null; fi; done; true`;

/** Runs a command on a host, by the agent that the launcher uses. */
const onHost = (agent: string, host: string, command: string) => {
  const [program = "ssh", ...words] = agent.split(/\s+/);
  return promisify(execFile)(program, [...words, host, command], { timeout: 1000 * ANSWER_SECONDS });
};

/**
 * Ends what is left of a run, on this machine and on others: daemons of a launcher outlive a cut network.
 *
 * @param agent - starts a command on a host, called as `ssh` is.
 * @returns the hosts that did not answer.
 */
export async function sweep(run: string, hosts: readonly Host[], agent: string): Promise<readonly Host[]> {
  for (const id of await processesOf(run)) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
  const answers = await Promise.allSettled(hosts.map(({ name }) => onHost(agent, name, sweepScript(run))));
  return hosts.filter((_, at) => answers[at]!.status === "rejected");
}
