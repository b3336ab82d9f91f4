import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { alone, type Collective } from "@trivium/distributed";
import { joinMpi, ranksOfLauncher } from "@trivium/distributed/node";
import type { Output } from "../output.ts";

/** The group of this process, where a launcher started several. */
let group: Collective | undefined;

/**
 * Joins the processes that an MPI launcher started together with this one. A process that was started by itself is alone.
 *
 * Ranks of one machine share its cores, unless `TRIVIUM_THREADS` says how many threads each of them has.
 *
 * @throws {UnsupportedError} what `joinMpi` throws.
 */
export async function joinRanks(): Promise<Collective> {
  if (ranksOfLauncher(process.env) === undefined) return alone();
  const { OMPI_COMM_WORLD_LOCAL_SIZE, MPI_LOCALNRANKS, SLURM_NTASKS_PER_NODE } = process.env;
  const here = Number(OMPI_COMM_WORLD_LOCAL_SIZE ?? MPI_LOCALNRANKS ?? SLURM_NTASKS_PER_NODE ?? 1);
  process.env.TRIVIUM_THREADS ??= String(Math.max(1, Math.floor(availableParallelism() / here)));
  group = await joinMpi();
  return group;
}

/** Returns the output of this rank: rank 0 speaks for all. */
export function outputOfRank({ rank }: Collective, output: Output): Output {
  if (rank === 0) return output;
  const progress = { update: () => {}, note: () => {}, stop: () => {} };
  return { ...output, result: () => {}, part: () => {}, note: () => {}, progress: () => progress };
}

/** Seconds until a rank that cannot go on says so itself, because the others do not hear it. */
const PATIENCE_SECONDS = 5;

/**
 * Ends the group for an error of this rank. Rank 0 writes its own error, or that of another rank when it learns of it.
 *
 * @param tell - writes the error.
 */
export async function endRanks(message: string, tell: () => void): Promise<void> {
  if (!group || group.rank === 0) tell();
  const timer = group && group.rank > 0 ? setTimeout(tell, 1000 * PATIENCE_SECONDS).unref() : undefined;
  await group?.abort(message).catch(() => {});
  clearTimeout(timer);
}

/** Milliseconds that leaving may take after a failure. */
const LEAVE_MS = 10_000;

/**
 * Leaves the group, and ends the process with the exit code. Some builds of OpenMPI crash when a process that loaded them ends by
 * itself, so it is ended here. A process without a group goes on.
 */
export async function leaveRanks(code: number): Promise<void> {
  if (!group) return;
  const left = group.leave().then(
    () => true,
    () => true,
  );
  const hasLeft = await (code === 0 ? left : Promise.race([left, sleep(LEAVE_MS, false)]));
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => void stream.write("", () => resolve()));
  // The thread of MPI cannot be ended while it waits for ranks that are gone.
  if (!hasLeft) process.kill(process.pid, "SIGKILL");
  process.exit(code);
}
