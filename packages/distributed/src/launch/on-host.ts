import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Seconds that another host has to answer. */
export const ANSWER_SECONDS = 20;

/** The agent of launchers. It must not wait for somebody who types a password. */
const SSH = ["ssh", "-o", "BatchMode=yes", "-o", `ConnectTimeout=${ANSWER_SECONDS / 2}`];

/**
 * Runs a command on a host, by the agent that the launcher uses, and returns what it wrote. Rejects with the error of `execFile`.
 *
 * @param agent - starts a command on a host, called as `ssh` is.
 */
export async function onHost(agent: string, host: string, command: string): Promise<string> {
  const [program = "ssh", ...words] = agent === "ssh" ? SSH : agent.split(/\s+/);
  const { stdout } = await promisify(execFile)(program, [...words, host, command], { timeout: 1000 * ANSWER_SECONDS });
  return stdout;
}

/** Quotes a word for a shell. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
