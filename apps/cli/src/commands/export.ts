import { folderFiles, writeFiles } from "@trivium/checkpoint/node";
import { familiesOf, type OpenedModel } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { type ExportedPretrained, exportPeft, exportPretrained } from "@trivium/pretrained";
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
    .option("--format <name>", "huggingface: config.json and safetensors; peft: the adapters alone", "huggingface")
    .option("--family <name>", "the model_type to write. Default: the first family that can say the configuration");
  defineCommand(addEngineFlags(command), runExport);
}

async function runExport(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const [folder] = positional as [string];
  const out = flags.out as string;
  const write = Object.hasOwn(formats, flags.format as string) ? formats[flags.format as string] : undefined;
  if (!write) {
    const known = Object.keys(formats).join(" or ");
    throw new ConfigError("cli/format", `--format is ${known}, got ${String(flags.format)}`);
  }
  await assertEmpty(out);
  const opened = await openRun(folder, context);
  const exported = await write(opened, flags.family as string | undefined);
  for (const warning of exported.warnings) output.note(`note: ${warning}`);
  await writeFiles(out, exported.files);
  const names = exported.files.map(({ name }) => name);
  output.result(
    { folder: out, family: exported.family, files: names },
    () => `${out}: ${exported.family}, ${names.join(", ")}`,
  );
}

/** Returns a model as files of a format. */
type Write = (opened: OpenedModel, family: string | undefined) => Promise<ExportedPretrained>;

const formats: Readonly<Record<string, Write>> = {
  async huggingface({ model, tokenizer, registry, parameters }, family) {
    const arrays = await readTree(parameters);
    return exportPretrained({ model, arrays, tokenizer, families: familiesOf(registry), family });
  },
  async peft({ name, model, registry, adapter, recipe: { from = name } }) {
    if (adapter) {
      const files = exportPeft({ model, families: familiesOf(registry), adapter, base: from });
      return { family: "peft", files, warnings: [] };
    }
    const problem = `${name} has no adapters; give a run of \`trivium train --lora-rank\`, or adapters with --adapter`;
    throw new ConfigError("cli/format", `--format peft: ${problem}`);
  },
};

/** Weights or a tokenizer of another model would be read with the new files. @throws {ConfigError} `cli/out` */
async function assertEmpty(out: string): Promise<void> {
  const [name] = await folderFiles(out).list();
  if (name === undefined) return;
  throw new ConfigError("cli/out", `${out} holds files already (${name}); name a new or empty folder with --out`);
}
