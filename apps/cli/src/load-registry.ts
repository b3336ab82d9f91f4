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
 * @param sources - files or packages, as found from the current folder; each exports plugins by any name, or lists of
 *   them. The same one twice counts once.
 * @throws {ConfigError} `cli/plugin` if one cannot be loaded or exports no plugin; `registry/duplicate` if a name is taken.
 */
export async function loadRegistry(sources: readonly string[]): Promise<Plugins> {
  const loaded = await Promise.all(sources.map(loadPlugins));
  return createRegistry<AnyPlugin>([...new Set([...presets, ...loaded.flat()])]) as Plugins;
}

async function loadPlugins(source: string): Promise<AnyPlugin[]> {
  const plugins = Object.values(await importSource(source))
    .flat()
    .filter(isPlugin);
  if (plugins.length > 0) return plugins;
  const message = `${source} exports no plugin; a plugin is what a kind makes, such as mask("name", …)`;
  throw new ConfigError("cli/plugin", message);
}

/** The absolute path of the file that a source names: itself, or the entry of a package. Throws if there is none. */
export function resolvePlugin(source: string): string {
  const file = resolve(source);
  return existsSync(file) ? file : createRequire(join(process.cwd(), "package.json")).resolve(source);
}

async function importSource(source: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(resolvePlugin(source)).href)) as Record<string, unknown>;
  } catch (cause) {
    const [problem] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw new ConfigError("cli/plugin", `cannot load the plugin ${source} from ${process.cwd()}: ${problem}`, {
      cause,
    });
  }
}

function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== "object" || value === null) return false;
  const { kind, name } = value as Partial<AnyPlugin>;
  return typeof kind === "string" && typeof name === "string" && "create" in value;
}
