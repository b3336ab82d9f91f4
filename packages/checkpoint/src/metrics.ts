import { appendFile, truncate } from "node:fs/promises";
import { CheckpointError, stringifyJson } from "@trivium/core";
import { readPieces } from "./durable-file.ts";
import { systemCode, withFileErrors } from "./file-errors.ts";

/** A line of `metrics.jsonl`. */
export interface MetricsRecord {
  readonly step: number;
  readonly [name: string]: unknown;
}

interface Line {
  readonly record: MetricsRecord;
  /** End of the line in the file, its newline included, in bytes. */
  readonly end: number;
}

const NEWLINE = 10;

/**
 * Appends records to a `.jsonl` file, one line each, in the order of their steps. Infinite numbers and NaN are words.
 *
 * @throws {CheckpointError} `checkpoint/disk-full`, `checkpoint/read-only` or `checkpoint/io`.
 * @example await appendMetrics("runs/a/metrics.jsonl", [{ step: 1, loss: 3.2 }]);
 */
export async function appendMetrics(path: string, records: readonly MetricsRecord[]): Promise<void> {
  const lines = records.map((record) => `${stringifyJson(record)}\n`).join("");
  await withFileErrors("append metrics", path, () => appendFile(path, lines));
}

/**
 * The records of a metrics file; none if it is missing. A last line without its end, which a killed process leaves,
 * is passed over.
 *
 * @throws {CheckpointError} `checkpoint/metrics` with the line, if any other line is not a record.
 */
export async function readMetrics(path: string): Promise<MetricsRecord[]> {
  return (await readLines(path)).lines.map(({ record }) => record);
}

/**
 * Cuts a metrics file back to what was written up to and including `step`, and removes a half-written last line, so
 * that a resumed run goes on as if it had never been interrupted. A missing file stays missing.
 *
 * @throws {CheckpointError} `checkpoint/metrics` with the line, if a line is not a record; nothing is cut then.
 */
export async function truncateMetrics(path: string, step: number): Promise<void> {
  const { lines, bytes } = await readLines(path);
  const firstLater = lines.findIndex(({ record }) => record.step > step);
  const kept = firstLater === -1 ? lines : lines.slice(0, firstLater);
  const end = kept.at(-1)?.end ?? 0;
  if (end < bytes) await withFileErrors("cut back metrics", path, () => truncate(path, end));
}

async function readLines(path: string): Promise<{ lines: Line[]; bytes: number }> {
  const content = await withFileErrors("read metrics", path, () => readIfThere(path));
  const lines: Line[] = [];
  let start = 0;
  for (let end = content.indexOf(NEWLINE); end !== -1; end = content.indexOf(NEWLINE, start)) {
    const record = parseRecord(content.toString("utf8", start, end), `${path}:${lines.length + 1}`);
    start = end + 1;
    lines.push({ record, end: start });
  }
  return { lines, bytes: content.length };
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    const { buffer, byteLength } = await readPieces(path);
    return Buffer.from(buffer, 0, byteLength);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

function parseRecord(line: string, place: string): MetricsRecord {
  try {
    const record = JSON.parse(line) as MetricsRecord;
    if (typeof record.step === "number") return record;
  } catch {
    // What is wrong with the line is said below.
  }
  const problem = `${place}: not a JSON object with a step; remove the line or the file`;
  throw new CheckpointError("checkpoint/metrics", problem, { details: { place } });
}
