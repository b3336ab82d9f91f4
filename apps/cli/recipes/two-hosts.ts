import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
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
    return true;
  } catch {
    return false;
  }
}

/** Two hosts on this machine: each has its network and its name. They share files and processes. */
export interface TwoHosts {
  /** Starts a command line on the first host, by its shell. */
  start(line: string): Started;
  /** Takes the second host from the network, for ssh too. */
  cut(): void;
  remove(): void;
}

/**
 * Makes two hosts, joined by one cable. On their path are `trivium`, from source, and `ssh`, which reaches the other host.
 *
 * @param folder - where commands run, and where their programs are put.
 */
export function createTwoHosts(folder: string): TwoHosts {
  const names = addresses.map((_, at) => `trivium-${process.pid}-${at + 1}`);
  const cables = names.map((_, at) => `tv${process.pid % 100_000}-${at + 1}`);
  for (const name of names) run("ip", "netns", "add", name);
  const ends = [["name", cables[0]!, "netns", names[0]!], ["name", cables[1]!, "netns", names[1]!]] as const; // biome-ignore format: one line
  run("ip", "link", "add", ...ends[0], "type", "veth", "peer", ...ends[1]);
  for (const [at, name] of names.entries()) {
    run("ip", "-n", name, "addr", "add", `${addresses[at]}/24`, "dev", cables[at]!);
    for (const device of ["lo", cables[at]!]) run("ip", "-n", name, "link", "set", device, "up");
  }
  const [bin, broken] = [join(folder, "bin"), join(folder, "broken")];
  mkdirSync(bin);
  writeProgram(join(bin, "trivium"), `exec "${process.execPath}" ${command.join(" ")} "$@"`);
  const enter = (name: string) => `exec ip netns exec ${name} unshare --uts sh -c "hostname ${name}; $*"`;
  const cases = addresses.map((address, at) => `${address}) ${enter(names[at]!)} ;;`).join("\n");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is of the shell
  const passFlags = 'while [ "${1#-}" != "$1" ]; do shift; done; host=$1; shift';
  const refuse = `[ -e ${broken} ] && [ $host = ${addresses[1]} ] && exit 255`;
  writeProgram(join(bin, "ssh"), `${passFlags}\n${refuse}\ncase $host in\n${cases}\nesac`);
  const first = ["netns", "exec", names[0]!, "unshare", "--uts", "sh", "-c"];
  return {
    start: (line) =>
      startProgram("ip", [...first, `hostname ${names[0]}; export PATH="${bin}:$PATH"; exec ${line}`], folder),
    cut() {
      writeFileSync(broken, "");
      run("ip", "-n", names[1]!, "link", "set", cables[1]!, "down");
    },
    remove() {
      for (const name of names) run("ip", "netns", "del", name);
    },
  };
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}
