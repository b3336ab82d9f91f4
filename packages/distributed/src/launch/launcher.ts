import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UnsupportedError } from "@trivium/core";
import { RUN_VARIABLE } from "./supervision.ts";

/** A machine, and the number of ranks that it takes. */
export interface Host {
  readonly name: string;
  readonly slots: number;
}

/** An MPI launcher on this machine. */
export interface Launcher {
  /** File name or path of the program. */
  readonly program: string;
  readonly kind: "openmpi" | "mpich";
}

/** The ranks to start. */
export interface RankRequest {
  readonly ranks: number;
  /** Machines that the ranks run on. Default: this one. */
  readonly hosts?: readonly Host[] | undefined;
  /** Network of the machines for OpenMPI (`10.0.0.0/24`), network interface for MPICH. Default: the launcher's choice. */
  readonly network?: string | undefined;
  /** Program that starts a command on a host, called as `ssh` is. Default: the launcher's choice. */
  readonly agent?: string | undefined;
  /** Variables of the environment that every rank gets. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Asks a launcher what it is.
 *
 * @throws {UnsupportedError} `distributed/no-launcher` if there is no such program, or if it is neither OpenMPI's nor MPICH's.
 */
export async function findLauncher(program: string): Promise<Launcher> {
  const remedy = "Install one (apt-get install openmpi-bin), or name it with --mpirun";
  const version = await promisify(execFile)(program, ["--version"]).then(
    ({ stdout }) => stdout,
    (cause: Error) => {
      throw new UnsupportedError(
        "distributed/no-launcher",
        `${program} cannot be started: ${cause.message}. ${remedy}`,
        { cause },
      );
    },
  );
  if (version.includes("Open MPI") || version.includes("OpenRTE")) return { program, kind: "openmpi" };
  if (/HYDRA|MPICH/i.test(version)) return { program, kind: "mpich" };
  const [line] = version.trim().split("\n");
  throw new UnsupportedError(
    "distributed/no-launcher",
    `${program} is "${line}", neither OpenMPI nor MPICH. ${remedy}`,
  );
}

/**
 * Returns the arguments of a launcher that starts a program on several ranks.
 *
 * @param words - the program and its arguments.
 */
export function launcherWords({ kind }: Launcher, request: RankRequest, words: readonly string[]): string[] {
  const { ranks, hosts, network, agent, environment } = request;
  const placed = hosts?.map(({ name, slots }) => `${name}:${slots}`).join(",");
  const count = ["-n", String(ranks)];
  if (kind === "mpich")
    return [
      ...flag("-hosts", placed),
      ...flag("-iface", network),
      ...(agent === undefined ? [] : ["-launcher", "ssh", "-launcher-exec", agent]),
      ...count,
      ...words,
    ];
  const parameter = (name: string, value: string) => ["--mca", name, value];
  // Daemons on other hosts are found again by their environment.
  const daemon = `env ${RUN_VARIABLE}=${environment[RUN_VARIABLE]} orted`;
  return [
    ...["--oversubscribe", "--bind-to", "none"],
    ...flag("--host", placed),
    ...(network === undefined
      ? []
      : [
          ...parameter("btl", "tcp,self"),
          ...parameter("btl_tcp_if_include", network),
          ...parameter("oob_tcp_if_include", network),
        ]),
    ...(agent === undefined ? [] : parameter("plm_rsh_agent", agent)),
    ...(hosts === undefined ? [] : parameter("orte_launch_agent", daemon)),
    ...Object.keys(environment).flatMap((name) => ["-x", name]),
    ...count,
    ...words,
  ];
}

const flag = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value]);
