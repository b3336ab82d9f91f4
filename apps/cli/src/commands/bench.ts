import { Command } from "commander";
import { createOutput } from "../output.ts";
import { table } from "../table.ts";

/** Hands everything after `bench` to `@trivium/bench`, which is loaded when it is asked for. */
export function benchCommand(program: Command): void {
  program
    .command("bench")
    .argument("[words...]", "what to measure, with its flags: see trivium bench --help")
    .description("Measure the engine and its peers: training steps, products, attention, kernels, whole runs.")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[]) => {
      const { addBenchmarks } = await import("@trivium/bench");
      const output = (json: boolean) => ({ ...createOutput(json), table });
      const bench = addBenchmarks(new Command("trivium bench").copyInheritedSettings(program), { output, words });
      await bench.parseAsync(words, { from: "user" });
    });
}
