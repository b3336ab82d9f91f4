import { Worker } from "node:worker_threads";

/** A clock that stands still while the process is stopped. */
export interface WorkingClock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Ends the thread of the clock. */
  close(): void;
}

const BEAT_MS = 50;
/** A thread that is late by more milliseconds was stopped, not merely waiting for a core. */
const STOPPED_MS = 1000;

/** Runs in a thread of its own, since the main one computes for seconds without a pause. */
const heart = `
const beats = new Float64Array(require("node:worker_threads").workerData);
const now = () => Number(process.hrtime.bigint()) / 1e6;
beats[0] = now();
setInterval(() => {
  const at = now();
  if (at - beats[0] > ${STOPPED_MS}) beats[1] += at - beats[0] - ${BEAT_MS};
  beats[0] = at;
}, ${BEAT_MS});
`;

/**
 * A clock for `train` that leaves out the time during which the process was stopped, by Ctrl-Z or `kill -STOP`: a thread
 * that beats was silent for more than a second then.
 *
 * @example const clock = createWorkingClock(); train({ ...options, clock: clock.now });
 */
export function createWorkingClock(): WorkingClock {
  const shared = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
  const beats = new Float64Array(shared);
  // Until the thread is there it cannot be late.
  beats[0] = Number.POSITIVE_INFINITY;
  const worker = new Worker(heart, { eval: true, workerData: shared, execArgv: [] });
  worker.unref();
  let latest = Number.NEGATIVE_INFINITY;
  return {
    now() {
      const at = Number(process.hrtime.bigint()) / 1e6;
      const [last = at, stopped = 0] = beats;
      // After a stop this thread may be ahead of the one that beats.
      const missed = at - last > STOPPED_MS ? at - last - BEAT_MS : 0;
      // A stop is known to a beat, and no clock goes back.
      latest = Math.max(latest, at - stopped - missed);
      return latest;
    },
    close: () => void worker.terminate(),
  };
}
