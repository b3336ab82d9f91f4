import { stringifyJson } from "@trivium/core";
import { createProgress, type Progress } from "./progress.ts";
import { lostNotes } from "./standard-streams.ts";

/** The output of a command: its result on stdout (text, or one JSON document), everything else on stderr. */
export interface Output {
  readonly json: boolean;
  /**
   * The result: the document if `--json` was given, else the text. Says how many notes could not be written, if any: an
   * object has the field `lostNotes` then.
   */
  result(document: unknown, text: () => string): void;
  /** A part of a result that comes little by little, as text. */
  part(text: string): void;
  /** A line for people, on stderr; above the progress bar if there is one. */
  note(line: string): void;
  /** Shows how far a long task is, instead of the one shown before. */
  progress(label: string): Progress;
}

/** @param json - whether `--json` was given. */
export function createOutput(json: boolean): Output {
  let current: Progress | undefined;
  return {
    json,
    result(document, text) {
      const lost = lostNotes();
      const isObject = typeof document === "object" && document !== null && !Array.isArray(document);
      const told = lost > 0 && isObject ? { ...document, lostNotes: lost } : document;
      const more = lost > 0 ? `\n${lost} notes could not be written to stderr` : "";
      process.stdout.write(`${json ? stringifyJson(told, 2) : `${text()}${more}`}\n`);
    },
    part: (text) => void process.stdout.write(text),
    note: (line) => (current ? current.note(line) : void process.stderr.write(`${line}\n`)),
    progress(label) {
      current?.stop();
      const progress = createProgress(label, process.stderr);
      current = progress;
      return progress;
    },
  };
}
