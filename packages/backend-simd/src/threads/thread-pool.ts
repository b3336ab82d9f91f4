import { TriviumError, UnsupportedError } from "@trivium/core";
import {
  type Control,
  controlBytes,
  maySleepHere,
  NO_RESULT,
  packTicket,
  spin,
  takeShare,
  viewControl,
  word,
} from "./control.ts";
import { jobNumber, type Kernel, type KernelTable, runShare } from "./share.ts";
import type { StartedWorker } from "./start-worker.ts";

/** A kernel's work, cut into shares. */
export interface Job {
  /** The name of a kernel of the pool. */
  readonly kernel: string;
  readonly units: number;
  /** Work units in a share. */
  readonly share: number;
  /** Bytes from one thread's packing buffer to the next one's; 0 for kernels without. */
  readonly scratch: number;
  readonly values: readonly number[];
}

/** A job that was posted, and the number of its shares. */
interface Posted {
  readonly job: Job;
  readonly shares: number;
}

/** The threads of a pool and their kernels. */
export interface ThreadPoolOptions {
  /** Threads that work, the main one included. */
  readonly threads: number;
  /** The main thread's own kernels; each worker has its own, in the same order. */
  readonly kernels: KernelTable;
  /** Starts the worker that is one thread of the pool with this control. */
  readonly startWorker: (control: SharedArrayBuffer, thread: number) => StartedWorker;
}

/** The time, roughly, of a worker that is almost done; after it the main thread sleeps, where it may. */
const SPIN_MS = 0.2;

/**
 * The main thread and workers on one shared memory, which take the shares of a job one by one. Between two jobs the main
 * thread does something else, while the workers go on with the first.
 *
 * Nobody is waited for who has not taken a share: while workers start, sleep or have ended, the others do the work.
 * The workers start with the first job, or with `ready`; they sleep when there is nothing to do, and do not keep a
 * process alive.
 */
export class ThreadPool {
  readonly threads: number;
  private readonly options: ThreadPoolOptions;
  private readonly kernels: readonly Kernel[];
  private readonly ids: ReadonlyMap<string, number>;
  private readonly maySleep: boolean;
  private readonly buffer: SharedArrayBuffer;
  private readonly control: Control;
  private workers: readonly StartedWorker[] | undefined;
  private jobs = 0;
  /** The job that was begun last, until it is settled. */
  private begun: Posted | undefined;

  constructor(options: ThreadPoolOptions) {
    this.options = options;
    this.threads = options.threads;
    this.kernels = Object.values(options.kernels);
    this.ids = new Map(Object.keys(options.kernels).map((name, index) => [name, index]));
    this.buffer = new SharedArrayBuffer(controlBytes);
    this.control = viewControl(this.buffer);
    this.maySleep = maySleepHere();
  }

  /**
   * Resolves when every worker takes jobs.
   *
   * @throws {UnsupportedError} `simd/threads` if a worker cannot start here; the pool then works without it.
   */
  async ready(): Promise<void> {
    this.workers ??= this.startWorkers();
    try {
      await Promise.all(this.workers.map(({ ready }) => ready));
    } catch (cause) {
      throw new UnsupportedError(
        "simd/threads",
        `could not start ${this.threads === 2 ? "the worker" : `${this.threads - 1} workers`}: ${cause instanceof Error ? cause.message : cause}. ` +
          "Choose threads: 1 (or TRIVIUM_THREADS=1), or let the page's content security policy allow workers from blob:",
        { cause },
      );
    }
  }

  /**
   * Begins a job, of at most `MAXIMUM_SHARES` shares, once the one before is done. Nobody may touch its memory until it
   * is settled.
   *
   * @throws as `settle`, for the job before.
   */
  begin(job: Job): void {
    this.workers ??= this.startWorkers();
    this.settle();
    const shares = Math.ceil(job.units / job.share);
    this.post(job, shares);
    this.begun = { job, shares };
  }

  /** Runs a job; returns when all of it is done. @returns and @throws as `settle`. */
  run(job: Job): number {
    this.begin(job);
    return this.settle();
  }

  /**
   * Does what is left of the job that was begun, and waits for the shares that others have taken.
   *
   * @returns the least result that is not negative, else −1.
   * @throws {TriviumError} `simd/kernel-failed` if a share failed in a worker; what it threw if it did here.
   */
  settle(): number {
    if (this.begun === undefined) return -1;
    const { job, shares } = this.begun;
    this.begun = undefined;
    const { words } = this.control;
    const { own, least, error } = this.work();
    this.waitFor(shares - own);
    if (error !== undefined) throw error;
    if (Atomics.load(words, word.failed) > 0) {
      throw new TriviumError("simd/kernel-failed", `the kernel "${job.kernel}" failed in a worker; please report this`);
    }
    const result = Math.min(least, Atomics.load(words, word.result));
    return result === NO_RESULT ? -1 : result;
  }

  /** Ends the workers; the pool then works on the main thread alone. @throws as `settle`, once they have ended. */
  close(): void {
    try {
      this.settle();
    } finally {
      for (const worker of this.workers ?? []) worker.terminate();
      this.workers = [];
    }
  }

  private startWorkers(): StartedWorker[] {
    return Array.from({ length: this.threads - 1 }, (_, index) => this.options.startWorker(this.buffer, index + 1));
  }

  private post({ kernel, units, share, scratch, values }: Job, shares: number): void {
    const { words, numbers } = this.control;
    numbers[jobNumber.kernel] = this.ids.get(kernel)!;
    numbers[jobNumber.units] = units;
    numbers[jobNumber.share] = share;
    numbers[jobNumber.scratch] = scratch;
    numbers[jobNumber.count] = values.length;
    numbers.set(values, jobNumber.arguments);
    words[word.done] = 0;
    words[word.failed] = 0;
    words[word.result] = NO_RESULT;
    this.jobs++;
    Atomics.store(words, word.ticket, packTicket(this.jobs, shares));
    if (Atomics.load(words, word.sleepers) > 0) Atomics.notify(words, word.ticket, shares - 1);
  }

  private work(): { own: number; least: number; error: unknown } {
    const { words, numbers } = this.control;
    let own = 0;
    let least = NO_RESULT;
    let error: unknown;
    for (let index = takeShare(words); index >= 0; index = takeShare(words)) {
      own++;
      try {
        const result = runShare(this.kernels, numbers, index, 0);
        if (result >= 0) least = Math.min(least, result);
      } catch (thrown) {
        error ??= thrown;
      }
    }
    return { own, least, error };
  }

  private waitFor(shares: number): void {
    const { words } = this.control;
    const isDone = () => Atomics.load(words, word.done) >= shares;
    while (!spin(SPIN_MS, isDone)) {
      if (this.maySleep) this.sleepUntil(isDone);
    }
  }

  private sleepUntil(isDone: () => boolean): void {
    const { words } = this.control;
    Atomics.store(words, word.waits, 1);
    for (;;) {
      const done = Atomics.load(words, word.done);
      if (isDone()) break;
      Atomics.wait(words, word.done, done);
    }
    Atomics.store(words, word.waits, 0);
  }
}
