#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=30
import { runProgram } from "./run-program.ts";

for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
process.exitCode = await runProgram(process.argv);

/** `trivium list | head -1` closes the pipe early; that is no error, and no reason to stop a training. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
