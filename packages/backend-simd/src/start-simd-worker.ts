import { workerSource } from "./generated/worker.ts";
import { type StartedWorker, startWorker } from "./threads/start-worker.ts";
import type { WorkerStart } from "./worker.ts";

/** Starts a worker that has the kernels of this package. */
export const startSimdWorker = (start: WorkerStart): StartedWorker => startWorker(workerSource, start);
