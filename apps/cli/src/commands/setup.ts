import { ConfigError } from "@trivium/core";
import { setupFolder } from "@trivium/setup";
import { installSetup, removeSetup, type SetupPlugin } from "@trivium/setup/node";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { table } from "../table.ts";

export function setupCommand(program: Command): void {
  const command = program
    .command("setup")
    .argument("[name]", "what to set up; without a name, say what can be")
    .description(
      "Fetch and install what is faster or otherwise missing here, in the user's cache folder, without root.",
    )
    .option("--from <path>", "a file or folder with archives that were fetched before")
    .option("--remove <name>", "remove what was set up");
  defineCommand(command, async (context) => {
    const { flags, positional } = context;
    const [name] = positional;
    if (flags.remove !== undefined) return await remove(String(flags.remove), name, context);
    if (name !== undefined) return await install(name, context);
    if (flags.from === undefined) return await listSetups(context);
    throw new ConfigError("cli/setup", `--from goes with a name: trivium setup NAME --from ${flags.from}`);
  });
}

async function install(name: string, { registry, output, flags }: CommandContext): Promise<void> {
  const plugin = (await registry()).find("setup", name) as SetupPlugin;
  const from = flags.from === undefined ? undefined : String(flags.from);
  const folder = await installSetup(plugin, { from, note: output.note });
  const { version } = plugin.create;
  output.result({ name, version, folder }, () => `${name} ${version} is in ${folder}`);
}

async function remove(name: string, more: string | undefined, { registry, output }: CommandContext): Promise<void> {
  if (more !== undefined)
    throw new ConfigError("cli/setup", `either ${more} is set up or ${name} removed: give one name`);
  (await registry()).find("setup", name);
  const folder = await removeSetup(name);
  output.result({ name, folder: folder ?? null }, () =>
    folder === undefined ? `${name} is not set up` : `removed ${folder}`,
  );
}

async function listSetups({ registry, output }: CommandContext): Promise<void> {
  const setups = ((await registry()).list("setup") as readonly SetupPlugin[]).map(describe);
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  const row = (one: (typeof setups)[number]) => [
    one.name,
    one.version,
    one.folder ?? one.refusal ?? "not set up",
    megabytes(one.fetchedBytes),
    megabytes(one.keptBytes),
    one.license,
    one.description,
  ];
  const heading = ["name", "version", "state", "to fetch", "on disk", "license", "for"];
  const rest = "trivium setup NAME sets one up, and trivium setup --remove NAME removes it";
  output.result(setups, () => [table([heading, ...setups.map(row)]), "", rest].join("\n"));
}

function describe({ name, description, create }: SetupPlugin) {
  const { version, license, fetchedBytes, keptBytes } = create;
  const archives = create.archives(process);
  const refusal = "reason" in archives ? `not here: ${archives.reason}` : null;
  const folder = setupFolder(name, version) ?? null;
  return { name, description, version, license, fetchedBytes, keptBytes, folder, refusal };
}
