/** A failed write to a closed pipe: `trivium list | head -1`. That is no error, and no reason to stop a training. */
const CLOSED_PIPE = "EPIPE";

let lost = 0;

/** The number of notes and states of progress that could not be written to stderr since the process began. */
export const lostNotes = (): number => lost;

/**
 * Keeps a stream that cannot be written from ending the process: a full disk, a terminal that is gone, a descriptor that
 * is read-only. Notes on stderr are dropped and counted. A result on stdout is one line on stderr and the exit code 2.
 */
export function guardStandardStreams(): void {
  process.stderr.on("error", () => {
    lost += 1;
  });
  let isSaid = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === CLOSED_PIPE) return;
    if (!isSaid) process.stderr.write(`trivium: the result cannot be written to stdout: ${error.message}\n`);
    isSaid = true;
    // The command may set another code before it ends.
    process.once("exit", () => {
      process.exitCode = 2;
    });
  });
}
