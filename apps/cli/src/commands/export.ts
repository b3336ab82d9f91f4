import { folderFiles, writeFiles } from "@trivium/checkpoint/node";
import { ConfigError } from "@trivium/core";
import { exportPretrained, type PretrainedFamily } from "@trivium/pretrained";
import { readTree } from "@trivium/trainer";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { addEngineFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";

export function exportCommand(program: Command): void {
  const command = program
    .command("export")
    .argument("<model>", MODEL_ARGUMENT)
    .description("Write a model as another program loads it.")
    .option("--out <folder>", "where to write", "exported")
    .option("--format <name>", "huggingface: config.json and safetensors", "huggingface")
    .option("--family <name>", "the model_type to write. Default: the first family that can say the configuration");
  defineCommand(addEngineFlags(command), runExport);
}

async function runExport(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const [folder] = positional as [string];
  const out = flags.out as string;
  if (flags.format !== "huggingface") {
    throw new ConfigError("cli/format", `--format is huggingface, got ${String(flags.format)}`);
  }
  await assertEmpty(out);
  const opened = await openRun(folder, context);
  const { model, tokenizer, registry } = opened;
  const families = registry.list("pretrained-family").map(({ create }) => create as PretrainedFamily);
  const arrays = await readTree(opened.parameters);
  const exported = exportPretrained({ model, arrays, tokenizer, families, family: flags.family as string | undefined });
  for (const warning of exported.warnings) output.note(`note: ${warning}`);
  await writeFiles(out, exported.files);
  const names = exported.files.map(({ name }) => name);
  output.result(
    { folder: out, family: exported.family, files: names },
    () => `${out}: ${exported.family}, ${names.join(", ")}`,
  );
}

/** Weights or a tokenizer of another model would be read with the new files. @throws {ConfigError} `cli/out` */
async function assertEmpty(out: string): Promise<void> {
  const [name] = await folderFiles(out).list();
  if (name === undefined) return;
  throw new ConfigError("cli/out", `${out} holds files already (${name}); name a new or empty folder with --out`);
}
