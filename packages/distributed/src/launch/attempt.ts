import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createPulse, type Pulse, type PulseOptions } from "./pulse.ts";
import { recordOf, STOP_LINE } from "./supervision.ts";
import { endProcess, endProcesses } from "./sweep.ts";

/** One start of all ranks. */
export interface AttemptOptions extends PulseOptions {
  /** The name of the run, which marks its processes. */
  readonly run: string;
  readonly program: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Asks the ranks for an end with a checkpoint. */
  readonly signal: AbortSignal;
  /** Writes a line of the ranks, for people. */
  readonly show: (line: string) => void;
}

/** The end of an attempt. */
export interface AttemptEnd extends Pick<Pulse, "steps" | "hasSaved"> {
  /** The launcher's exit code. Null if a signal ended it. */
  readonly code: number | null;
  /** Seconds without a word, if the ranks were ended for that. */
  readonly silentSeconds?: number | undefined;
}

/** Milliseconds between two looks at the clock. */
const LOOK_MS = 100;
/** Milliseconds that output may be late behind the end of its process: an orphan would keep it open. */
const LATE_MS = 1000;

/** Starts the ranks, in a process group of their own, and waits for their end, or ends them if they are silent for too long. */
export async function runAttempt(options: AttemptOptions): Promise<AttemptEnd> {
  const { program, words, environment, signal, show, run } = options;
  const child = spawn(program, words, { env: environment, detached: true, stdio: ["pipe", "inherit", "pipe"] });
  const pulse = createPulse(options);
  const lines = createInterface({ input: child.stderr }).on("line", (line) => {
    const record = recordOf(line);
    if (record) pulse.hear(record);
    else show(line);
  });
  const read = new Promise<void>((resolve) => void lines.once("close", resolve));
  const kill = () => {
    endProcess(-child.pid!);
    endProcesses(run);
  };
  // Rank 0 hears it; a launcher that is asked by a signal would kill the ranks.
  const stop = () => child.stdin.write(`${STOP_LINE}\n`);
  child.stdin.on("error", () => {});
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  process.once("exit", kill);
  let silentSeconds: number | undefined;
  const watch = setInterval(() => {
    silentSeconds ??= pulse.silence();
    if (silentSeconds !== undefined) kill();
  }, LOOK_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("exit", resolve);
    });
    endProcesses(run);
    await Promise.race([read, late()]);
    return { code, steps: pulse.steps, hasSaved: pulse.hasSaved, silentSeconds };
  } finally {
    clearInterval(watch);
    process.off("exit", kill);
    signal.removeEventListener("abort", stop);
    child.stderr.destroy();
  }
}

const late = () => new Promise((resolve) => void setTimeout(resolve, LATE_MS).unref());
