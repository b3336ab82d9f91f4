import { type ChildProcess, fork } from "node:child_process";
import type { Recipe } from "@trivium/compose";
import type { Output } from "../output.ts";
import { type ArmWorkerEvent, type ArmWorkerStart, failureOf } from "./arm-worker.ts";
import { type SortArmsOptions, sortArms } from "./sort-arms.ts";

export interface WorkerOptions {
  /** Number of processes. */
  readonly jobs: number;
  /** The folder of the results. */
  readonly out: string;
  /** The recipe of a worker: its engine and its plugins. */
  readonly recipe: Recipe;
  readonly signal: AbortSignal;
  readonly output: Output;
}

/**
 * Measures arms of claims in processes of their own, several at once, but for those that need to be alone; each takes
 * the next that nobody has, and what it finds is kept in the folder. If the signal aborts, arms at hand are dropped.
 *
 * @throws what an arm threw; `Error` if a process ends by itself.
 */
export async function measureAtOnce(
  claims: SortArmsOptions,
  { jobs, out, recipe, signal, output }: WorkerOptions,
): Promise<void> {
  const arms = (await sortArms(claims)).left.filter(({ arm }) => !arm.alone);
  const count = Math.min(jobs, arms.length);
  if (count < 2) return;
  const { request, environment = null } = claims;
  const start: ArmWorkerStart = { claims: claims.claims.map(({ id }) => id), request, environment, out, recipe };
  const queue = [...arms];
  const workers = Array.from({ length: count }, () => startWorker(start));
  const endAll = () => {
    for (const worker of workers) worker.kill();
  };
  const progress = output.progress(`${count} arms at once`);
  let done = 0;
  const work = async (worker: ChildProcess): Promise<void> => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const { arm, hash } = next;
      await measure(worker, hash, (note) => progress.update(done, arms.length, `${arm.name} ${note}`));
      done += 1;
      progress.update(done, arms.length, arm.name);
    }
    worker.kill();
  };
  signal.addEventListener("abort", endAll);
  try {
    await Promise.all(workers.map(work));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    endAll();
    signal.removeEventListener("abort", endAll);
    progress.stop();
  }
}

/** This program once more, with its flags of Node. */
function startWorker(start: ArmWorkerStart): ChildProcess {
  const worker = fork(process.argv[1] as string, ["claims", "arms"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  worker.send(start);
  return worker;
}

/** Resolves when the worker has measured the arm, or lacks something, which will be found again. */
function measure(worker: ChildProcess, hash: string, show: (note: string) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hear = (event: ArmWorkerEvent) => {
    if (event.type === "ended") resolve();
    else if (event.type === "failed") reject(failureOf(event));
    else show(`${event.progress.done}/${event.progress.total} ${event.progress.note ?? ""}`);
  };
  const leave = (code: number | null, signal: NodeJS.Signals | null) =>
    reject(new Error(`a process that measured arms ended (${code ?? signal}); the same command goes on from there`));
  worker.on("message", hear).on("exit", leave).on("error", reject);
  worker.send({ hash });
  return promise.finally(() => worker.off("message", hear).off("exit", leave).off("error", reject));
}
