import { TriviumError } from "@trivium/core";
import { CommanderError } from "commander";
import { createProgram } from "./program.ts";
import { endRanks } from "./ranks/join-ranks.ts";

/**
 * Runs one command line to its end, and returns the exit code that it deserves.
 *
 * Bad input is one line on stderr and exit code 2; a bug is its stack and exit code 1.
 *
 * @param argv - the words of the command line, with those of Node and of the program in front: `process.argv`.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(argv[2]);
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const isExpected = TriviumError.is(error);
    const message = isExpected ? error.message.replaceAll(/\s*\n\s*/g, " ") : stackOf(error);
    await endRanks(message, () => void process.stderr.write(`${isExpected ? "trivium: " : ""}${message}\n`));
    return isExpected ? 2 : 1;
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
