import { type Control, isOpen, keepLeast, spin, takeShare, word } from "./control.ts";
import { type Kernel, runShare } from "./share.ts";

/**
 * Long enough for the next job of a step to come, while the main thread walks the tape or computes what is too small to
 * share; short enough to be nothing when none comes.
 */
const SPIN_MS = 0.2;

/** Takes shares of jobs for ever: the worker ends with the process, or is terminated. */
export function serve(kernels: readonly Kernel[], { words, numbers }: Control, thread: number): never {
  for (;;) {
    const index = takeShare(words);
    if (index < 0) waitForJob(words);
    else work(kernels, { words, numbers }, index, thread);
  }
}

function work(kernels: readonly Kernel[], { words, numbers }: Control, index: number, thread: number): void {
  try {
    keepLeast(words, runShare(kernels, numbers, index, thread));
  } catch {
    // The main thread says what failed: it knows the job.
    Atomics.add(words, word.failed, 1);
  }
  Atomics.add(words, word.done, 1);
  if (Atomics.load(words, word.waits) === 1) Atomics.notify(words, word.done);
}

function waitForJob(words: Int32Array): void {
  if (spin(SPIN_MS, () => isOpen(Atomics.load(words, word.ticket)))) return;
  // Counted before the last look: who posts a job after it sees a sleeper to wake.
  Atomics.add(words, word.sleepers, 1);
  const ticket = Atomics.load(words, word.ticket);
  if (!isOpen(ticket)) Atomics.wait(words, word.ticket, ticket);
  Atomics.sub(words, word.sleepers, 1);
}
