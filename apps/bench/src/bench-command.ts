import type { Command } from "commander";
import type { z } from "zod";
import { findingRows, withRatios } from "./findings-table.ts";
import type { Finding, Measurement } from "./measurement.ts";
import { addOptions, readOptions } from "./options.ts";
import { provenance } from "./provenance.ts";

/** The output of the command line that runs the benchmarks: the places of results and notes, and the look of a table. */
export interface BenchOutput {
  /** The result: the document if `--json` was given, else the text. */
  result(document: unknown, text: () => string): void;
  /** A line for people. */
  note(line: string): void;
  table(rows: readonly (readonly string[])[]): string;
}

export interface BenchHost {
  output(json: boolean): BenchOutput;
  /** The words after `bench`. */
  readonly words: readonly string[];
}

/** A benchmark: its flags, and the function from their texts to findings. */
export interface Benchmark {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodObject;
  /**
   * Returns the findings, with remarks for readers of the numbers.
   *
   * @throws {ConfigError} `bench/options`, naming each flag that is wrong.
   */
  run(flags: unknown, note: (line: string) => void): Promise<{ findings: Finding[]; remarks: readonly string[] }>;
}

interface Definition<Schema extends z.ZodObject> extends Omit<Benchmark, "run"> {
  readonly schema: Schema;
  remarks(options: z.output<Schema>): readonly string[];
  run(options: z.output<Schema>, note: (line: string) => void): Promise<Finding[]>;
}

/** A benchmark whose flags are read by its schema. */
export const defineBenchmark = <Schema extends z.ZodObject>(definition: Definition<Schema>): Benchmark => ({
  ...definition,
  async run(flags, note) {
    const options = readOptions(definition.schema, flags, definition.name);
    return { findings: await definition.run(options, note), remarks: definition.remarks(options) };
  },
});

/** Adds the benchmark as a subcommand that prints what it found. */
export function addBenchmark(program: Command, benchmark: Benchmark, host: BenchHost): void {
  const { name, description, schema } = benchmark;
  const command = addOptions(program.command(name).description(description), schema);
  command.option("--json", "the findings as JSON on stdout: one object for each contender", false);
  command.action(async ({ json, ...flags }: { json: boolean }) => {
    const output = host.output(json);
    const { remarks, ...found } = await benchmark.run(flags, output.note);
    const findings = withRatios(found.findings);
    const measurements = measurementsOf(name, findings, host.words);
    output.result(measurements, () => [output.table(findingRows(findings)), ...remarks].join("\n"));
    if (json) for (const remark of remarks) output.note(remark);
  });
}

function measurementsOf(benchmark: string, findings: readonly Finding[], words: readonly string[]): Measurement[] {
  const typed = words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
  const origin = provenance(["trivium", "bench", ...typed.filter((word) => word !== "--json")].join(" "));
  return findings.map((finding) => ({ ...finding, benchmark, ...origin }));
}
