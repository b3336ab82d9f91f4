import { DataError, parseJson } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { lineError } from "./line-error.ts";
import type { Line } from "./lines-of-blocks.ts";
import { readLines } from "./read-lines.ts";
import type { ReadOptions } from "./read-options.ts";
import type { ReadingLog } from "./reading-log.ts";

/**
 * Streams the examples of a `.jsonl` file: `{"source", "target"}`, where `"references"` lists further right targets, on
 * every line, or `{"text"}` on every line. `"task"` names the task of an example. A field that is `null` counts as absent. A complete pair is a pair, whatever
 * else stands beside it; further fields and empty lines are passed over.
 *
 * @throws {DataError} `data/line` for a line that is not JSON, has a key twice, lacks a field, has it empty, or is half
 *   a pair beside a text; `data/mixed` if some lines are pairs and others texts.
 */
export async function* readJsonLines(
  path: string,
  options: ReadOptions,
  log: ReadingLog,
): AsyncGenerator<TextExample, void, void> {
  let first: { readonly isText: boolean; readonly place: string } | undefined;
  for await (const line of readLines(path, options)) {
    log.lines += 1;
    if (line.text === "") {
      log.blank += 1;
      continue;
    }
    const { example, ignored } = readJsonLine(line, options);
    for (const field of ignored) log.ignored.add(field);
    const isText = "text" in example;
    first ??= { isText, place: line.place };
    if (first.isText !== isText) {
      const [was, is] = first.isText ? ["text", "source and target"] : ["source and target", "text"];
      const message = `${line.place} has ${is}, ${first.place} has ${was}; put them into two files`;
      throw new DataError("data/mixed", message, { details: { place: line.place } });
    }
    yield example;
  }
}

/** The fields of an object that are not null. */
export type Fields = ReadonlyMap<string, unknown>;

/** An example, and the fields beside it that were passed over. */
interface ReadExample {
  readonly example: TextExample;
  readonly ignored: readonly string[];
}

/** Reads the example of one line of JSON. @throws {DataError} `data/line`. */
export const readJsonLine = (line: Line, options: ReadOptions): ReadExample =>
  readFields(parseObject(line), line, options);

const expected = 'expected {"source", "target"} or {"text"}';

function parseObject(line: Line): Fields {
  let value: unknown;
  try {
    value = parseJson(line.text);
  } catch (cause) {
    const problem = (cause as Error).message.startsWith("the key") ? (cause as Error).message : "this is not JSON";
    throw lineError(line, `expected a JSON object; ${problem}`, cause);
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw lineError(line, expected);
  return new Map(Object.entries(value as object).filter(([, field]) => field !== null));
}

/** Reads an example from fields by their names. @throws {DataError} `data/line`. */
export function readFields(fields: Fields, line: Line, options: ReadOptions): ReadExample {
  const [source, target] = [String(options.sourceColumn ?? "source"), String(options.targetColumn ?? "target")];
  const text = String(options.textColumn ?? "text");
  const read = (field: string) => textOf(fields.get(field), field, line);
  const named = fields.get("task");
  const task = typeof named === "string" && named !== "" ? named : undefined;
  const made = (example: TextExample, used: readonly string[]): ReadExample => ({
    example: task === undefined ? example : { ...example, task },
    ignored: [...fields.keys()].filter((field) => !used.includes(field) && !(field === "task" && task !== undefined)),
  });
  if (options.textColumn !== undefined) {
    if (!fields.has(text)) throw lineError(line, `expected {${JSON.stringify(text)}}; ${text}: is missing`);
    return made({ text: read(text) }, [text]);
  }
  if (fields.has(source) && (fields.has(target) || fields.has("references"))) {
    const references = fields.has("references") ? referencesOf(fields.get("references"), line) : [];
    const all = [...new Set(fields.has(target) ? [read(target), ...references] : references)];
    if (all[0] === undefined) throw lineError(line, `${expected}; references: is empty`);
    const pair = { source: read(source), target: all[0] };
    return made(all.length > 1 ? { ...pair, references: all } : pair, [source, target, "references"]);
  }
  const halves = [source, target, "references"].filter((field) => fields.has(field));
  if (!fields.has(text)) {
    const missing = [source, target].filter((field) => !fields.has(field));
    throw lineError(line, `${expected}; ${missing.map((field) => `${field}: is missing`).join("; ")}`);
  }
  if (halves.length > 0) throw lineError(line, `${expected}; there is text beside ${halves.join(" and ")}`);
  return made({ text: read(text) }, [text]);
}

function referencesOf(value: unknown, line: Line): string[] {
  if (!Array.isArray(value)) throw lineError(line, `${expected}; references: a list of texts, not ${nameOf(value)}`);
  return value.map((item, at) => textOf(item, `references.${at}`, line));
}

function textOf(value: unknown, field: string, line: Line): string {
  if (typeof value !== "string") throw lineError(line, `${expected}; ${field}: a text, not ${nameOf(value)}`);
  if (value.trim() === "") throw lineError(line, `${expected}; ${field}: is empty`);
  if (!value.isWellFormed()) throw lineError(line, `${expected}; ${field}: half a surrogate pair is no character`);
  return value;
}

const nameOf = (value: unknown): string =>
  Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
