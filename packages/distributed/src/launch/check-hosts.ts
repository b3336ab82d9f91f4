import { isAbsolute } from "node:path";
import { ConfigError } from "@trivium/core";
import type { Host } from "./launcher.ts";
import { ANSWER_SECONDS, onHost, quoted } from "./on-host.ts";

/** The program that ranks run on each host. */
export interface RankProgram {
  /** Starts a command on a host, called as `ssh` is. */
  readonly agent: string;
  /** The program and its arguments. The first absolute path among these has to stand on each host too. */
  readonly words: readonly string[];
}

/**
 * Asks each host but the first, which is this machine, whether ranks can start there: it answers, and has the working folder, the
 * program, where it is Node in the same version, and the file that Node runs.
 *
 * @throws {ConfigError} `distributed/host` naming the host, and what is wrong with it.
 */
export async function checkHosts(hosts: readonly Host[], { agent, words }: RankProgram): Promise<void> {
  const [program = "", ...rest] = words;
  const files = [process.cwd(), program, rest.find(isAbsolute)].filter(
    (file) => file !== undefined && isAbsolute(file),
  );
  const missing = files.map((file) => `[ -e ${quoted(file!)} ] || echo "missing ${file}"`);
  const ours = program === process.execPath ? process.version : "";
  const command = [...missing, ours === "" ? "true" : `${quoted(program)} --version`].join("; ");
  for (const { name } of hosts.slice(1)) {
    const refuse = (problem: string) =>
      new ConfigError("distributed/host", `${name} ${problem}`, { details: { host: name } });
    const answer = await onHost(agent, name, command).catch((error: HostError) => {
      throw refuse(whyOf(error, { agent, name, program }));
    });
    const [absent] = /(?<=^missing ).*$/m.exec(answer) ?? [];
    if (absent !== undefined)
      throw refuse(`has no ${absent}; programs and data stand in the same places on all machines`);
    const theirs = answer.trim();
    if (theirs !== ours) throw refuse(`has ${program} ${theirs}, this machine ${ours}; install the same on both`);
  }
}

interface HostError {
  readonly code?: number | string | null | undefined;
  readonly killed?: boolean | undefined;
  readonly stderr?: string | undefined;
  readonly message: string;
}

/** Exit code of `ssh` where it did not reach the host. */
const NOT_REACHED = 255;

function whyOf(
  { code, killed, stderr = "", message }: HostError,
  { agent, name, program }: { readonly agent: string; readonly name: string; readonly program: string },
): string {
  const line = stderr.trim().split("\n").at(-1) || message;
  const remedy = `see that "${agent} ${name} true" runs and asks nothing`;
  if (killed) return `did not answer for ${ANSWER_SECONDS} s; ${remedy}`;
  if (code === NOT_REACHED || typeof code !== "number") return `cannot be reached: ${line.trim()}; ${remedy}`;
  return `cannot run ${program}: ${line.trim()}; programs and data stand in the same places on all machines`;
}
