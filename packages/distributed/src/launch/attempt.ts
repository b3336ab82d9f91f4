import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { recordOf, STOP_LINE } from "./supervision.ts";

/** One start of all ranks. */
export interface AttemptOptions {
  readonly program: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Seconds without a step after which the ranks are ended. Default: ten times the median step, at least 60. */
  readonly deadlineSeconds?: number | undefined;
  /** Asks the ranks for an end with a checkpoint. */
  readonly signal: AbortSignal;
  /** Writes a line of the ranks, for people. */
  readonly show: (line: string) => void;
}

/** The end of an attempt. */
export interface AttemptEnd {
  /** The launcher's exit code. Null if a signal ended it. */
  readonly code: number | null;
  /** Number of steps that were taken. */
  readonly steps: number;
  /** Seconds without a word, if the ranks were ended for that. */
  readonly silentSeconds?: number | undefined;
}

/** Seconds that ranks have to start, to evaluate and to save, where steps are no measure. */
const PATIENCE_SECONDS = 600;
const LEAST_SECONDS = 60;
/** Steps that the median is taken over. */
const WINDOW = 50;
/** Milliseconds between a polite end and a rude one. */
const GRACE_MS = 5000;

/** Starts the ranks, in a process group of their own, and waits for their end, or ends them if they are silent for too long. */
export async function runAttempt(options: AttemptOptions): Promise<AttemptEnd> {
  const { program, words, environment, signal, show, deadlineSeconds } = options;
  const child = spawn(program, words, { env: environment, detached: true, stdio: ["pipe", "inherit", "pipe"] });
  const seconds: number[] = [];
  let steps = 0;
  let heardAt = performance.now();
  let limit = PATIENCE_SECONDS;
  createInterface({ input: child.stderr }).on("line", (line) => {
    const record = recordOf(line);
    if (!record) return show(line);
    heardAt = performance.now();
    if (record.type === "step") {
      steps += 1;
      seconds.push(record.seconds);
    }
    const recent = seconds.slice(-WINDOW).toSorted((a, b) => a - b);
    const median = recent[recent.length >> 1] ?? 0;
    limit = record.type === "step" ? (deadlineSeconds ?? Math.max(LEAST_SECONDS, 10 * median)) : PATIENCE_SECONDS;
  });
  // Rank 0 hears it; a launcher that is asked by a signal would kill the ranks.
  const stop = () => child.stdin.write(`${STOP_LINE}\n`);
  child.stdin.on("error", () => {});
  signal.addEventListener("abort", stop, { once: true });
  let silentSeconds: number | undefined;
  const watch = setInterval(() => {
    const silent = (performance.now() - heardAt) / 1000;
    if (silent <= limit || silentSeconds !== undefined) return;
    silentSeconds = silent;
    endGroup(child.pid!, "SIGTERM");
    setTimeout(() => endGroup(child.pid!, "SIGKILL"), GRACE_MS).unref();
  }, 250);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code, steps, silentSeconds };
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", stop);
  }
}

function endGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended meanwhile.
  }
}
