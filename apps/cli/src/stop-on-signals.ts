import type { Output } from "./output.ts";

/** The exit code that a shell reports for a program that Ctrl-C ended. */
export const interruptedExitCode = 130;

/** A signal that is aborted by Ctrl-C, by a polite `kill` or by closing the terminal. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Aborted where a polite `kill` has waited for longer than the limit. */
  readonly overdue: AbortSignal;
  /** The exit code of a program that saved its work: 0 after a polite `kill`, which is how schedulers end programs. */
  exitCode(): number;
  /** Gives the signals back to the system. */
  release(): void;
}

interface StopOptions {
  readonly limitSeconds?: number | undefined;
  readonly what?: string | undefined;
}

/** Milliseconds in which a polite `kill` may come twice: schedulers tell a whole tree of processes, and wrappers pass it on. */
const ECHO_MS = 1000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Listens until it is released. A second Ctrl-C, or a second `kill` after a second, ends the process at once. The closing of a terminal never does: the
 * system and the shell may each say so, and nobody is there to be impatient.
 *
 * @param options.limitSeconds - time after a polite `kill` until `overdue` is aborted. Default: never.
 * @param options.what - what stops, for the note. Default: `"stopping after this step"`.
 */
export function stopOnSignals(
  output: Pick<Output, "note">,
  { limitSeconds, what = "stopping after this step" }: StopOptions = {},
): Interrupt {
  const [controller, overdue] = [new AbortController(), new AbortController()];
  let isAsked = false;
  let first: NodeJS.Signals | undefined;
  let timer: NodeJS.Timeout | undefined;
  let askedAt = 0;
  const stop = (name: NodeJS.Signals) => {
    if (name === "SIGTERM" && first === "SIGTERM" && performance.now() - askedAt < ECHO_MS) return;
    if (isAsked && name !== "SIGHUP") process.exit(interruptedExitCode);
    isAsked ||= name !== "SIGHUP";
    if (controller.signal.aborted) return;
    first = name;
    askedAt = performance.now();
    if (name === "SIGTERM" && limitSeconds !== undefined)
      timer = setTimeout(() => overdue.abort(), limitSeconds * 1000).unref();
    output.note(`${what}; once more to stop at once`);
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    overdue: overdue.signal,
    exitCode: () => (first === "SIGTERM" ? 0 : interruptedExitCode),
    release() {
      clearTimeout(timer);
      for (const name of signals) process.off(name, stop);
    },
  };
}
