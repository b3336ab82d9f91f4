import { TriviumError } from "@trivium/core";
import { CommanderError } from "commander";
import { createProgram } from "./program.ts";

/**
 * Runs one command line to its end, and returns the exit code that it deserves.
 *
 * Bad input is one line on stderr and exit code 2; a bug is its stack and exit code 1.
 *
 * @param argv - the words of the command line, with those of Node and of the program in front: `process.argv`.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
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
