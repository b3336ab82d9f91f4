#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=30
import { TriviumError } from "@trivium/core";
import { CommanderError } from "commander";
import { createProgram } from "./program.ts";

for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
process.exitCode = await run(process.argv);

/** Bad input is one line and exit code 2; a bug is its stack and exit code 1. */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (TriviumError.is(error)) {
      process.stderr.write(`trivium: ${error.message.replaceAll(/\s*\n\s*/g, " ")}\n`);
      return 2;
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

/** `trivium list | head -1` closes the pipe early; that is no error, and no reason to stop a training. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
