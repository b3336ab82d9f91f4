import { DataError } from "@trivium/core";
import type { Line } from "./lines-of-blocks.ts";

const SHORT = 60;

/** An error about one line of a file: where, what was expected, and what stands there. */
export function lineError({ text, place }: Line, problem: string, cause?: unknown): DataError {
  const shown = text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
  return new DataError("data/line", `${place}: ${problem}; got ${JSON.stringify(shown)}`, {
    details: { place },
    cause,
  });
}
