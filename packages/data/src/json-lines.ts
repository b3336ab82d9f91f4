import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { z } from "zod";
import { lineError } from "./line-error.ts";
import { type Line, readLines } from "./read-lines.ts";

const filled = z.string().refine((text) => text.trim() !== "", "is empty");
const pairSchema = z.object({ source: filled, target: filled });
const textSchema = z.object({ text: filled });

/**
 * Streams the examples of a `.jsonl` file: `{"source": …, "target": …}` on every line or `{"text": …}` on every line;
 * other fields and empty lines are passed over.
 *
 * @throws {DataError} `data/line` for a line that is not JSON, lacks a field or has it empty; `data/mixed` if some
 *   lines are pairs and others texts.
 */
export async function* readJsonLines(path: string): AsyncGenerator<TextExample, void, void> {
  let first: { readonly isText: boolean; readonly place: string } | undefined;
  for await (const line of readLines(path)) {
    if (line.text === "") continue;
    const { example, isText } = parseLine(line);
    first ??= { isText, place: line.place };
    if (first.isText !== isText) {
      const [was, is] = first.isText ? ["text", "source and target"] : ["source and target", "text"];
      const message = `${line.place} has ${is}, ${first.place} has ${was}; put them into two files`;
      throw new DataError("data/mixed", message, { details: { place: line.place } });
    }
    yield example;
  }
}

function parseLine(line: Line): { readonly example: TextExample; readonly isText: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (cause) {
    throw lineError(line, "expected a JSON object; this is not JSON", cause);
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw lineError(line, 'expected {"source", "target"} or {"text"}');
  const isText = "text" in (value as object);
  const parsed = (isText ? textSchema : pairSchema).safeParse(value);
  if (parsed.success) return { example: parsed.data, isText };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw lineError(line, `expected {"source", "target"} or {"text"}; ${problems.join("; ")}`, parsed.error);
}
