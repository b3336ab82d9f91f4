import { folderFiles, writeCheckpoint } from "@trivium/checkpoint/node";
import { averageCheckpoints } from "@trivium/trainer";
import type { Command } from "commander";
import { assertEmpty } from "../assert-empty.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { parseCount } from "../parse-count.ts";

export function averageCommand(program: Command): void {
  const command = program
    .command("average")
    .argument("<run>", "folder of a run that kept several checkpoints (`trivium train --keep`)")
    .argument("<out>", "folder of a run, to be written")
    .description(
      "Average the weights of a run's last checkpoints, as a run of its own to evaluate, use and go on from.",
    )
    .option("--last <count>", "checkpoints to average, the newest ones", "5");
  defineCommand(command, writeAverage);
}

async function writeAverage({ positional, flags, output }: CommandContext): Promise<void> {
  const [run, out] = positional as [string, string];
  const last = parseCount("last", flags.last, 1);
  await assertEmpty(out, "the second argument");
  const { steps, model, config } = await averageCheckpoints(folderFiles(run), last);
  const files = { "model.safetensors": model, "config.json": config };
  await writeCheckpoint(out, { step: steps[0] as number, files });
  output.result({ folder: out, steps }, () => `${out}: the mean of step ${steps.join(", ")}`);
}
