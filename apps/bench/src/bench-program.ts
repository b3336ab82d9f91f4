import type { Command } from "commander";
import { addBenchmark, type BenchHost, type Benchmark } from "./bench-command.ts";
import { answers } from "./commands/answers.ts";
import { attention } from "./commands/attention.ts";
import { data } from "./commands/data.ts";
import { decoding } from "./commands/decoding.ts";
import { firstToken } from "./commands/first-token.ts";
import { gemm } from "./commands/gemm.ts";
import { mlp } from "./commands/mlp.ts";
import { ops } from "./commands/ops.ts";
import { products } from "./commands/products.ts";
import { run } from "./commands/run.ts";
import { step } from "./commands/step.ts";

const benchmarks: readonly Benchmark[] = [
  step,
  attention,
  decoding,
  firstToken,
  answers,
  gemm,
  products,
  ops,
  data,
  mlp,
  run,
];

/**
 * Adds every benchmark to the program behind `trivium bench`.
 *
 * @param host - where it writes, and the words after `bench`.
 * @returns the program.
 * @example await addBenchmarks(new Command("trivium bench"), host).parseAsync(["step"], { from: "user" })
 */
export function addBenchmarks(program: Command, host: BenchHost): Command {
  program.description("Measure the engine, and its peers in the same run.");
  for (const benchmark of benchmarks) addBenchmark(program, benchmark, host);
  return program;
}
