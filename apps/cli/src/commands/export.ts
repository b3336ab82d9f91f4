import { basename } from "node:path";
import { writeFiles } from "@trivium/checkpoint/node";
import { familiesOf, type OpenedModel } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { type ExportedPretrained, exportGguf, exportPeft, exportPretrained } from "@trivium/pretrained";
import { readTree } from "@trivium/trainer";
import type { Command } from "commander";
import { assertEmpty } from "../assert-empty.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { addEngineFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";
import { parseBytes } from "../parse-bytes.ts";

export function exportCommand(program: Command): void {
  const command = program
    .command("export")
    .argument("<model>", MODEL_ARGUMENT)
    .description(
      "Write a model as another program loads it. Of encoder-decoders, T5's and BART's kin: docs/command-line.md says which options.",
    )
    .option("--out <folder>", "where to write", "exported")
    .option("--format <name>", "huggingface; gguf: for llama.cpp; peft: the adapters alone", "huggingface")
    .option("--type <name>", "gguf: f32, bf16 or q8_0", "f32")
    .option("--shard-size <size>", "huggingface: the most weights in a file, as 500MB or 2GB", "5GB")
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
  const partBytes = parseBytes("shard-size", flags.shardSize as string);
  await assertEmpty(out, "--out");
  const opened = await openRun(folder, context);
  const { family, type } = flags as { family?: string | undefined; type: string };
  const exported = await write(opened, { family, type, partBytes });
  for (const warning of exported.warnings) output.note(`note: ${warning}`);
  await writeFiles(out, exported.files);
  const names = exported.files.map(({ name }) => name);
  output.result(
    { folder: out, family: exported.family, files: names },
    () => `${out}: ${exported.family}, ${names.join(", ")}`,
  );
}

/** Returns a model as files of a format. */
type Write = (opened: OpenedModel, asked: Asked) => Promise<ExportedPretrained>;

interface Asked {
  readonly family: string | undefined;
  readonly type: string;
  readonly partBytes: number;
}

const types = { f32: "F32", bf16: "BF16", q8_0: "Q8_0" } as const;

const formats: Readonly<Record<string, Write>> = {
  async huggingface({ model, tokenizer, registry, parameters }, { family, partBytes }) {
    const arrays = await readTree(parameters);
    return exportPretrained({ model, arrays, tokenizer, families: familiesOf(registry), family, partBytes });
  },
  async gguf({ model, tokenizer, registry, parameters, name }, { family, type: asked }) {
    const type = Object.hasOwn(types, asked) ? types[asked as keyof typeof types] : undefined;
    if (!type) throw new ConfigError("cli/type", `--type is ${Object.keys(types).join(", ")}, got ${asked}`);
    const [arrays, families] = [await readTree(parameters), familiesOf(registry)];
    return exportGguf({ model, arrays, tokenizer, families, family, type, name: basename(name) });
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
