import { stringifyJson } from "@trivium/core";
import { createProgress, type Progress } from "./progress.ts";

/** Where a command writes: its result on stdout (text, or one JSON document), everything else on stderr. */
export interface Output {
  readonly json: boolean;
  /** The result: the document if `--json` was given, else the text. */
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
    result: (document, text) => void process.stdout.write(`${json ? stringifyJson(document, 2) : text()}\n`),
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
