import type { Output } from "./output.ts";

/** What a shell reports for a program that Ctrl-C ended. */
export const interruptedExitCode = 130;

/** A signal that is aborted by Ctrl-C, by a polite `kill` or by closing the terminal. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  release(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens until it is released; a second signal ends the process at once. */
export function stopOnSignals(output: Pick<Output, "note">): Interrupt {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    output.note("stopping after this step; once more to stop at once");
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
