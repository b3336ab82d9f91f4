import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, type Started, startProgram } from "./run-trivium.ts";

const addresses = ["10.0.0.1", "10.0.0.2"] as const;

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });

/** Tells whether this machine lets a test make network namespaces. */
export function hasNamespaces(): boolean {
  const name = `trivium-try-${process.pid}`;
  try {
    run("ip", "netns", "add", name);
    run("ip", "netns", "del", name);
    run("nsenter", "--version");
    return true;
  } catch {
    return false;
  }
}

/** Two hosts on this machine: each has its network, its name and its processes. They share the files. */
export interface TwoHosts {
  /** Starts a command line on the first host, by its shell. */
  start(line: string): Started;
  /** Takes the second host from the network, for ssh too. */
  cut(): void;
  /** Limits what each host sends, in megabit per second. */
  limit(megabits: number): void;
  /** The words of each process of the second host. */
  processesOfSecond(): string[];
  remove(): void;
}

/**
 * Makes two hosts, joined by one cable. On their path are `trivium`, from source, and `ssh`, which reaches the other host.
 *
 * @param folder - where commands run, and where their programs are put.
 */
export async function createTwoHosts(folder: string): Promise<TwoHosts> {
  const names = addresses.map((_, at) => `trivium-${process.pid}-${at + 1}`);
  const cables = names.map((_, at) => `tv${process.pid % 100_000}-${at + 1}`);
  for (const name of names) run("ip", "netns", "add", name);
  run(
    "ip",
    "link",
    "add",
    cables[0]!,
    "netns",
    names[0]!,
    "type",
    "veth",
    "peer",
    "name",
    cables[1]!,
    "netns",
    names[1]!,
  );
  for (const [at, name] of names.entries()) {
    run("ip", "-n", name, "addr", "add", `${addresses[at]}/24`, "dev", cables[at]!);
    for (const device of ["lo", cables[at]!]) run("ip", "-n", name, "link", "set", device, "up");
  }
  const holders = names.map((name) => hold(name));
  const ids = await Promise.all(holders.map(({ id }) => id));
  const [bin, broken] = [join(folder, "bin"), join(folder, "broken")];
  mkdirSync(bin);
  const enter = (id: number) => `nsenter --target ${id} --net --uts --pid --mount --wd="$PWD"`;
  writeProgram(join(bin, "trivium"), `exec "${process.execPath}" ${command.join(" ")} "$@"`);
  const cases = addresses.map((address, at) => `${address}) exec ${enter(ids[at]!)} sh -c "$*" ;;`).join("\n");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is of the shell
  const passFlags = 'while [ "${1#-}" != "$1" ]; do shift; done; host=$1; shift';
  writeProgram(
    join(bin, "ssh"),
    `${passFlags}\n[ -e ${broken} ] && [ $host = ${addresses[1]} ] && exit 255\ncase $host in\n${cases}\nesac`,
  );
  const path = `${bin}:${process.env.PATH}`;
  return {
    start: (line) =>
      startProgram("sh", ["-c", `export PATH="${path}"; exec ${enter(ids[0]!)} sh -c '${line}'`], folder),
    cut() {
      writeFileSync(broken, "");
      run("ip", "-n", names[1]!, "link", "set", cables[1]!, "down");
    },
    limit(megabits) {
      for (const [at, name] of names.entries()) {
        const how = ["root", "tbf", "rate", `${megabits}mbit`, "burst", "256kb", "latency", "200ms"];
        run("tc", "-n", name, "qdisc", "replace", "dev", cables[at]!, ...how);
      }
    },
    processesOfSecond: () =>
      execFileSync("nsenter", ["--target", String(ids[1]), "--pid", "--mount", "ps", "-eo", "args="], {
        encoding: "utf8",
      })
        .trim()
        .split("\n"),
    remove() {
      for (const { child } of holders) child.kill("SIGKILL");
      for (const name of names) run("ip", "netns", "del", name);
    },
  };
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

/** A process that keeps the namespaces of a host. All others of the host end with it. */
function hold(name: string): { readonly child: ChildProcess; readonly id: Promise<number> } {
  const inside = `hostname ${name}; ip link set lo up; echo ready; exec sleep infinity`;
  const words = [
    "netns",
    "exec",
    name,
    "unshare",
    "--uts",
    "--pid",
    "--mount",
    "--fork",
    "--kill-child",
    "--mount-proc",
  ];
  const child = spawn("ip", [...words, "sh", "-c", inside], { stdio: ["ignore", "pipe", "inherit"] });
  const id = new Promise<number>((resolve) =>
    child.stdout.once("data", () =>
      resolve(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim())),
    ),
  );
  return { child, id };
}
