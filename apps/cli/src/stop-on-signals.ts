import type { Output } from "./output.ts";

/** The exit code that a shell reports for a program that Ctrl-C ended. */
export const interruptedExitCode = 130;

/** A signal that is aborted by Ctrl-C, by a polite `kill` or by closing the terminal. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  release(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Listens until it is released. A second Ctrl-C or `kill` ends the process at once. The closing of a terminal never does: the
 * system and the shell may each say so, and nobody is there to be impatient.
 *
 * @param what - what stops, for the note.
 */
export function stopOnSignals(output: Pick<Output, "note">, what = "stopping after this step"): Interrupt {
  const controller = new AbortController();
  let isAsked = false;
  const stop = (name: NodeJS.Signals) => {
    if (isAsked && name !== "SIGHUP") process.exit(interruptedExitCode);
    isAsked ||= name !== "SIGHUP";
    if (controller.signal.aborted) return;
    output.note(`${what}; once more to stop at once`);
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    release() {
      for (const name of signals) process.off(name, stop);
    },
  };
}
