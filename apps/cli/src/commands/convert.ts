import { writeCheckpoint } from "@trivium/checkpoint/node";
import { runFiles } from "@trivium/compose";
import { countParameters } from "@trivium/tensor";
import type { Command } from "commander";
import { assertEmpty } from "../assert-empty.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { addOpeningFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";

export function convertCommand(program: Command): void {
  const command = program
    .command("convert")
    .argument("<model>", MODEL_ARGUMENT)
    .argument("<out>", "folder of a run, to be written")
    .description("Read a model through the mask of another architecture with the same parameters, as a run of ours.")
    .requiredOption("--to <architecture>", "prefix for a causal model, and back: see `trivium list architecture`")
    .option("--adapter <folder>", "adapters to merge: a folder of PEFT's, or a run with --lora-rank");
  defineCommand(addOpeningFlags(command), runConversion);
}

async function runConversion(context: CommandContext): Promise<void> {
  const [place, out] = context.positional as [string, string];
  const architecture = context.flags.to as string;
  await assertEmpty(out, "the second argument");
  const opened = await openRun(place, { ...context, flags: { ...context.flags, architecture } });
  await writeCheckpoint(out, { step: opened.step, files: { ...(await runFiles(opened)) } });
  const parameters = countParameters(opened.parameters);
  context.output.result(
    { folder: out, architecture, parameters },
    () => `${out}: ${architecture}, ${parameters.toLocaleString("en")} parameters`,
  );
}
