import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "@trivium/core";
import { presets } from "@trivium/presets";
import { type AnyPlugin, createRegistry, type Registry } from "@trivium/registry";

/** Everything that a command can name. */
export type Plugins = Registry<(typeof presets)[number] | AnyPlugin>;

/**
 * The shipped plugins and the user's.
 *
 * @param sources - files (from the current folder) or packages; each exports plugins by any name, or lists of them.
 * @throws {ConfigError} `cli/plugin` if one cannot be loaded or exports no plugin.
 */
export async function loadRegistry(sources: readonly string[]): Promise<Plugins> {
  const loaded = await Promise.all(sources.map(loadPlugins));
  return createRegistry<AnyPlugin>([...presets, ...loaded.flat()]) as Plugins;
}

async function loadPlugins(source: string): Promise<AnyPlugin[]> {
  const exported = await importSource(source);
  const plugins = [...new Set(Object.values(exported).flat().filter(isPlugin))];
  if (plugins.length === 0) {
    throw new ConfigError(
      "cli/plugin",
      `${source} exports no plugin; a plugin is what a kind makes, such as mask("name", …)`,
    );
  }
  return plugins;
}

async function importSource(source: string): Promise<Record<string, unknown>> {
  const path = resolve(source);
  try {
    if (existsSync(path)) return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    const fromHere = createRequire(join(process.cwd(), "package.json"));
    return (await import(pathToFileURL(fromHere.resolve(source)).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new ConfigError(
      "cli/plugin",
      `cannot load the plugin ${source}: ${(cause as Error).message.split("\n")[0]}`,
      { cause },
    );
  }
}

function isPlugin(value: unknown): value is AnyPlugin {
  const plugin = value as Partial<AnyPlugin> | null;
  return (
    typeof plugin === "object" &&
    typeof plugin?.kind === "string" &&
    typeof plugin.name === "string" &&
    "create" in plugin
  );
}
