import { Command } from "commander";
import { z } from "zod";
import { addBenchmarks } from "../bench-program.ts";
import { type Measurement, measurementSchema } from "../measurement.ts";

/** The output of a benchmark. */
export interface Printed {
  readonly measurements: readonly Measurement[];
  readonly text: string;
  readonly notes: readonly string[];
}

/** Runs `trivium bench` with those words, once and without warm-up; what it printed must fit the schema. */
export async function runBench(...words: readonly string[]): Promise<Printed> {
  const notes: string[] = [];
  const results: { document: unknown; text: string }[] = [];
  const table = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(" | ")).join("\n");
  const output = () => ({
    result: (document: unknown, text: () => string) => void results.push({ document, text: text() }),
    note: (line: string) => void notes.push(line),
    table,
  });
  const program = new Command().exitOverride().configureOutput({ writeErr: (line) => void notes.push(line) });
  await addBenchmarks(program, { output, words }).parseAsync([...words], { from: "user" });
  const [{ document, text }] = results as [(typeof results)[0]];
  return { measurements: z.array(measurementSchema).parse(JSON.parse(JSON.stringify(document))), text, notes };
}

/** Flags that make a benchmark short. */
export const quickly = ["--rounds", "1", "--warmup", "1", "--minimum-seconds", "0"] as const;
