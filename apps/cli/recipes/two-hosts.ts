import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { command, type Started, startProgram } from "./run-trivium.ts";

const addresses = ["10.0.0.1", "10.0.0.2"] as const;
const SSHD = "/usr/sbin/sshd";

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });

/** Starts a program among processes, mounts and a name of its own. */
const own = ["unshare", "--uts", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];

/** Tells whether this machine has an ssh server, and lets a test make hosts of namespaces. */
export function hasNamespaces(): boolean {
  const name = `trivium-try-${process.pid}`;
  try {
    run("ip", "netns", "add", name);
    try {
      run("ip", "netns", "exec", name, ...own, "true");
    } finally {
      run("ip", "netns", "del", name);
    }
    return existsSync(SSHD);
  } catch {
    return false;
  }
}

/** Two hosts on this machine: each has its network, its name, its processes and its home folder, and an ssh server. */
export interface TwoHosts {
  /** Home folder of each host. Commands run in that of the first. */
  readonly homes: readonly [string, string];
  /** Starts a command line on the first host, by its shell. */
  start(line: string): Started;
  /** Takes the second host from the network. */
  cut(): void;
  /** Joins it again. */
  mend(): void;
  /** Limits what each host sends, in megabit per second. */
  limit(megabits: number): void;
  remove(): void;
}

/**
 * Makes two hosts, joined by one cable. `trivium`, from source, is on the path of both. The first one's user reaches the second
 * by ssh with a key of its own, as after `ssh-copy-id`.
 *
 * @param folder - where the home folders and keys are put.
 */
export function createTwoHosts(folder: string): TwoHosts {
  const names = addresses.map((_, at) => `trivium-${process.pid}-${at + 1}`);
  const cables = names.map((_, at) => `tv${process.pid % 100_000}-${at + 1}`);
  const homes = names.map((name) => join(folder, name)) as [string, string];
  const bin = join(folder, "bin");
  joinHosts(names, cables);
  mkdirSync(bin);
  writeProgram(join(bin, "trivium"), `exec "${process.execPath}" ${command.join(" ")} "$@"`);
  for (const home of homes) mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  const on = (at: number, line: string) => {
    const settle = `mount --bind ${homes[at]} ${homedir()} && hostname ${names[at]} && cd`;
    const script = `${settle} && export PATH="${bin}:$PATH" && exec ${line}`;
    return startProgram("ip", ["netns", "exec", names[at]!, ...own, "sh", "-c", script], folder);
  };
  const servers = addresses.map((_, at) => on(at, `${SSHD} -D -f ${serverOf(at, { folder, homes })}`));
  return {
    homes,
    start: (line) => on(0, line),
    cut: () => run("ip", "-n", names[1]!, "link", "set", cables[1]!, "down"),
    mend: () => run("ip", "-n", names[1]!, "link", "set", cables[1]!, "up"),
    limit(megabits) {
      const how = ["root", "tbf", "rate", `${megabits}mbit`, "burst", "256kb", "latency", "200ms"];
      for (const [at, name] of names.entries()) run("tc", "-n", name, "qdisc", "replace", "dev", cables[at]!, ...how);
    },
    remove() {
      for (const { child } of servers) child.kill("SIGKILL");
      for (const name of names) run("ip", "netns", "del", name);
    },
  };
}

function joinHosts(names: readonly string[], cables: readonly string[]): void {
  for (const name of names) run("ip", "netns", "add", name);
  const end = (at: number) => ["name", cables[at]!, "netns", names[at]!];
  run("ip", "link", "add", ...end(0), "type", "veth", "peer", ...end(1));
  for (const [at, name] of names.entries()) {
    run("ip", "-n", name, "addr", "add", `${addresses[at]}/24`, "dev", cables[at]!);
    for (const device of ["lo", cables[at]!]) run("ip", "-n", name, "link", "set", device, "up");
  }
}

interface Places {
  readonly folder: string;
  readonly homes: readonly string[];
}

/** Writes the keys of a host and its server's settings, and lets the first host's user in. */
function serverOf(at: number, { folder, homes }: Places): string {
  const [hostKey, key] = [join(folder, `host-key-${at}`), join(homes[0]!, ".ssh/id_ed25519")];
  for (const file of [hostKey, key])
    if (!existsSync(file)) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
  copyFileSync(`${key}.pub`, join(homes[at]!, ".ssh/authorized_keys"));
  const [type, text] = readFileSync(`${hostKey}.pub`, "utf8").split(" ");
  appendFileSync(join(homes[0]!, ".ssh/known_hosts"), `${addresses[at]} ${type} ${text}\n`);
  mkdirSync("/run/sshd", { recursive: true });
  const settings = [
    `HostKey ${hostKey}`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "Subsystem sftp internal-sftp",
    `SetEnv PATH=${join(folder, "bin")}:${process.env.PATH}`,
  ];
  const file = join(folder, `sshd-${at}`);
  writeFileSync(file, `${settings.join("\n")}\n`);
  return file;
}

/** Takes the second host's key from those that the first one's user knows. */
export const forgetHosts = ({ homes }: TwoHosts): void => rmSync(join(homes[0], ".ssh/known_hosts"));

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}
