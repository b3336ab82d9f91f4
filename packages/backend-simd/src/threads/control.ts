/** What the threads of a pool say to each other: words of one shared buffer, each on a cache line of its own. */
export interface Control {
  readonly words: Int32Array;
  /** The current job: what to run, how it is cut, and the kernel's arguments. */
  readonly numbers: Float64Array;
}

const LINE = 16;

/** Places of the words. */
export const word = {
  /** The ticket of the current job: its number, its shares, and the next share to take; see `packTicket`. */
  ticket: 0,
  /** Shares of the current job that workers have finished. */
  done: LINE,
  /** Workers that sleep, or are about to. */
  sleepers: 2 * LINE,
  /** 1 while the main thread sleeps until shares are done, or is about to. */
  waits: 3 * LINE,
  /** The least result that is not negative, of kernels that return numbers. */
  result: 4 * LINE,
  /** Shares that failed in a worker. */
  failed: 5 * LINE,
} as const;

/** Above every result. */
export const NO_RESULT = 2 ** 31 - 1;
/** Most shares of a job: what a ticket can hold. */
export const MAXIMUM_SHARES = 255;

const WORDS = 6 * LINE;
const MOST_NUMBERS = 40;

export const controlBytes: number = 4 * WORDS + 8 * MOST_NUMBERS;

/** Views of a pool's buffer. */
export function viewControl(buffer: SharedArrayBuffer): Control {
  return {
    words: new Int32Array(buffer, 0, WORDS),
    numbers: new Float64Array(buffer, 4 * WORDS, MOST_NUMBERS),
  };
}

/** A job's number, its shares, and the first one not yet taken, in one word. */
export const packTicket = (job: number, shares: number): number => ((job & 0x7fff) << 16) | (shares << 8);

/** Whether the ticket has shares that nobody has taken. */
export const isOpen = (ticket: number): boolean => (ticket & 0xff) < ((ticket >> 8) & 0xff);

/**
 * Takes the next share of the current job; −1 if none is left.
 *
 * The numbers of a job may be read only after a share of it was taken: the main thread writes those of the next one
 * when every share is done.
 */
export function takeShare(words: Int32Array): number {
  for (;;) {
    const ticket = Atomics.load(words, word.ticket);
    if (!isOpen(ticket)) return -1;
    if (Atomics.compareExchange(words, word.ticket, ticket, ticket + 1) === ticket) return ticket & 0xff;
  }
}

/** Keeps the result if it is the least so far; negative ones say that there is nothing to keep. */
export function keepLeast(words: Int32Array, result: number): void {
  if (result < 0) return;
  for (;;) {
    const least = Atomics.load(words, word.result);
    if (result >= least || Atomics.compareExchange(words, word.result, least, result) === least) return;
  }
}

// Newer than the types: tells the processor that this is a spinning loop.
const { pause } = Atomics as { pause?: () => void };

/** Spins until the condition holds or the time is over; whether it holds. */
export function spin(milliseconds: number, holds: () => boolean): boolean {
  const until = performance.now() + milliseconds;
  do {
    for (let turn = 0; turn < 100; turn++) {
      if (holds()) return true;
      pause?.();
    }
  } while (performance.now() < until);
  return false;
}

/** Tells if this thread may wait: the main thread of a page may not. */
export function maySleepHere(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === "not-equal";
  } catch {
    return false;
  }
}
