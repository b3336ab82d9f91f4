import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { table } from "../table.ts";

export function listCommand(program: Command): void {
  const command = program
    .command("list")
    .argument("[kind]", "architecture, objective, attention, backend, mask, dataset, …")
    .description("List the plugins of a kind, or the kinds.");
  defineCommand(command, async (context) => {
    const [kind] = context.positional;
    await (kind === undefined ? listKinds(context) : listPlugins(kind, context));
  });
}

async function listKinds({ registry, output }: CommandContext): Promise<void> {
  const plugins = await registry();
  const kinds = plugins.kinds().map((kind) => ({ kind, plugins: plugins.names(kind) }));
  output.result(kinds, () => table([["kind", "plugins"], ...kinds.map((row) => [row.kind, row.plugins.join(", ")])]));
}

async function listPlugins(kind: string, { registry, output }: CommandContext): Promise<void> {
  const plugins = await registry();
  // Of a kind without plugins not even a nameless one is found, which says what kinds there are.
  if (plugins.names(kind).length === 0) plugins.find(kind, "");
  const found = plugins.list(kind).map(({ name, description }) => ({ name, description }));
  output.result(found, () => table([["name", "description"], ...found.map((row) => [row.name, row.description])]));
}
