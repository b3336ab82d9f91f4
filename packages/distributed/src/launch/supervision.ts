/** Variable that marks every process of a supervised run. Its value is that of the run alone. */
export const RUN_VARIABLE = "TRIVIUM_LAUNCH";

/** Variable with the seconds after which a rank that nobody answers ends by itself. */
export const PATIENCE_VARIABLE = "TRIVIUM_PATIENCE";

/** A word of rank 0 to its supervisor, on stderr among lines for people. */
export type SupervisorRecord =
  /** A step was taken. */
  | { readonly type: "step"; readonly seconds: number }
  /** A checkpoint was written: a next start goes on from it. */
  | { readonly type: "saved" }
  /** Something begins that may take longer than steps do. */
  | { readonly type: "busy" };

/** Begins a line that is a record. */
const MARK = "\u001e";

/** The line on the standard input of rank 0 that asks for an end with a checkpoint. */
export const STOP_LINE = "stop";

/** Writes a record as a line. */
export const recordLine = (record: SupervisorRecord): string => `${MARK}${JSON.stringify(record)}\n`;

/** Reads a line. Nothing if it is a line for people. */
export function recordOf(line: string): SupervisorRecord | undefined {
  const start = line.indexOf(MARK);
  if (start < 0) return undefined;
  try {
    return JSON.parse(line.slice(start + 1)) as SupervisorRecord;
  } catch {
    // Cut short by the end of its process, or joined with a line of another rank.
    return { type: "busy" };
  }
}

/** Tells whether a supervisor watches this process. */
export const isSupervised = (): boolean => process.env[RUN_VARIABLE] !== undefined;

/**
 * Calls a function when the supervisor asks for an end, or is gone. It does not keep the process alive.
 *
 * @returns a function that stops listening.
 */
export function onStopRequest(stop: () => void): () => void {
  const hear = (text: Buffer) => {
    if (String(text).includes(STOP_LINE)) stop();
  };
  process.stdin.on("data", hear).on("end", stop);
  process.stdin.unref?.();
  return () => void process.stdin.off("data", hear).off("end", stop).pause();
}
