/** Variable that marks every process of a supervised run. Its value is that of the run alone. */
export const RUN_VARIABLE = "TRIVIUM_LAUNCH";

/** A word of rank 0 to its supervisor, on stderr among lines for people. */
export type SupervisorRecord =
  /** A step was taken. */
  | { readonly type: "step"; readonly step: number; readonly seconds: number }
  /** Something is done between steps. */
  | { readonly type: "alive" };

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
    // Cut short by the end of its process.
    return { type: "alive" };
  }
}

/** Tells whether a supervisor watches this process. */
export const isSupervised = (): boolean => process.env[RUN_VARIABLE] !== undefined;

/** Calls a function when the supervisor asks for an end. It does not keep the process alive. */
export function onStopRequest(stop: () => void): () => void {
  const hear = (text: Buffer) => {
    if (String(text).includes(STOP_LINE)) stop();
  };
  process.stdin.on("data", hear);
  process.stdin.unref?.();
  return () => {
    process.stdin.off("data", hear);
    process.stdin.pause();
  };
}
