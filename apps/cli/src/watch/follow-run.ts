import { open } from "node:fs/promises";
import { join } from "node:path";
import { runHolder } from "@trivium/checkpoint/node";
import { stepsOf } from "../runs/read-run.ts";

/** A step or an evaluation, as charts need it. */
export interface Point {
  readonly step: number;
  /** The values of the step by name: loss, learningRate, tokensPerSecond, seconds; or the metrics of an evaluation. */
  readonly values: Readonly<Record<string, number>>;
}

/** The news of a run since it was looked at last. */
export interface RunNews {
  readonly run: string;
  readonly isRunning: boolean;
  readonly steps?: number | undefined;
  /** In the order of their steps. Those of a resumed run replace what was there from their first step on. */
  readonly points: readonly Point[];
}

const NEWLINE = 10;

/**
 * Looks at a run again and again. Of its metrics only what was appended is read, or all of them after they were cut back.
 *
 * @returns a function that resolves to what is new, or to undefined if nothing is.
 */
export function followRun(run: string): () => Promise<RunNews | undefined> {
  let [offset, steps, told] = [0, undefined as number | undefined, ""];
  return async () => {
    const lines = await appended(join(run, "metrics.jsonl"), offset);
    offset = lines.end;
    steps = (await stepsOf(run)) ?? steps;
    const isRunning = (await runHolder(run)) !== undefined;
    const points = lines.texts.flatMap(pointOf);
    const state = JSON.stringify([isRunning, steps]);
    if (points.length === 0 && state === told) return undefined;
    told = state;
    return { run, isRunning, steps, points };
  };
}

/** The whole lines of a file behind an offset; all of them if the offset is not behind the end of a line any more. */
async function appended(path: string, offset: number): Promise<{ texts: string[]; end: number }> {
  const file = await open(path).catch(() => undefined);
  if (!file) return { texts: [], end: 0 };
  try {
    const { size } = await file.stat();
    const from = Math.max(0, offset - 1);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    if (offset > 0 && (size < offset || bytes[0] !== NEWLINE)) return await appended(path, 0);
    const read = bytes.subarray(offset - from, bytesRead);
    const whole = read.subarray(0, read.lastIndexOf(NEWLINE) + 1);
    return { texts: whole.toString("utf8").split("\n").filter(Boolean), end: offset + whole.length };
  } finally {
    await file.close();
  }
}

const shown = ["loss", "learningRate", "gradientNorm", "tokensPerSecond", "seconds"];

/** None for a line that is no record: whoever resumes the run says what is wrong with it. */
function pointOf(line: string): Point[] {
  try {
    const { step, type, metrics, ...record } = JSON.parse(line) as Record<string, unknown>;
    const named = type === "evaluated" ? Object.entries(metrics as object) : shown.map((name) => [name, record[name]]);
    const values = Object.fromEntries(named.filter(([, value]) => typeof value === "number"));
    return typeof step === "number" ? [{ step, values }] : [];
  } catch {
    return [];
  }
}
