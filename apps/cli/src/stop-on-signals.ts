import type { Output } from "./output.ts";

/** A signal that Ctrl-C (or a polite kill) aborts; a second Ctrl-C ends the process at once. */
export function stopOnSignals(output: Output): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    output.note("stopping after this step; once more to stop at once");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
