/**
 * Runs examples one after another in one process, which loads what they share once: fork it with their files. It says
 * of each how it ended, and ends when nothing of them is left to do.
 */
import { pathToFileURL } from "node:url";

/** How an example ended. */
export interface ExampleEnd {
  readonly file: string;
  /** The stack of what it threw. */
  readonly failure?: string | undefined;
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

for (const file of process.argv.slice(2)) {
  const failure = await import(pathToFileURL(file).href).then(() => undefined, stackOf);
  const end: ExampleEnd = { file, failure };
  process.send?.(end);
}
process.disconnect?.();
